"""Reading: a config file becomes a validated model, or all of its problems at once."""
