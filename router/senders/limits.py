"""Limits: how long a connection may take to stand, how large an answer may be."""

CONNECT_TIMEOUT = 10.0  # seconds; the one limit of time, as every attempt brings its own timeout

MAX_BODY = 256 * 1024 * 1024  # bytes: ten pictures of 4096 x 4096 pixels in base64, and room
