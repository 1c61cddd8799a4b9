"""Which child answers."""
