"""Artefacts: pictures converted, and kept where a URL finds them."""
