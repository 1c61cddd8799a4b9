"""Originals: the pictures that an edit or a variation begins with."""
