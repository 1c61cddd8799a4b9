"""Keys: from the names of credentials to the credentials themselves."""
