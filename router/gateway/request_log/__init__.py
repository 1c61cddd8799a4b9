"""Request log: what became of each request, in a file that can be asked later."""
