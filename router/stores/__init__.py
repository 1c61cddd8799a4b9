"""Stores: where state that several requests share is kept."""
