"""The language: the values and protocols every other folder speaks."""
