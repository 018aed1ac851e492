"""Bring a library up to date, and say what changed."""
