"""Sandbox: the emulators behind real HTTP, or in-process as a sender."""
