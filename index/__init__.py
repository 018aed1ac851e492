"""Passages to what can be searched."""
