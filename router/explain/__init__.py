"""What a config means, and what would become of a request: told without asking anybody."""
