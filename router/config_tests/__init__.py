"""Config tests: routing tests beside a config, run in virtual time by the engine that serves."""
