"""The gateway's own description: its OpenAPI document, and a page of it."""
