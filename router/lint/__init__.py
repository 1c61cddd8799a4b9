"""Lint: what is wrong with a config beyond its shape, found before it costs money."""
