"""A router for image generation."""
