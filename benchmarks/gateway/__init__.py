"""Gateway: this gateway beside others, under the same load."""
