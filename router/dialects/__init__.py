"""Dialects: the servers that resemble OpenAI's, as data that both sides of a talk read."""
