"""Emulators: stand-ins for the providers, server side. They do no I/O: request in, answer out."""
