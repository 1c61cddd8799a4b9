"""Dialects, client side: one adapter a provider, without any I/O."""
