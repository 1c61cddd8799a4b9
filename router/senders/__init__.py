"""Senders: the only code that opens upstream connections."""
