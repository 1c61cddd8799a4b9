"""How one child is asked."""
