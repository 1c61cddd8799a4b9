"""Gateway: the engine behind HTTP, for clients in any language."""
