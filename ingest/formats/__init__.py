"""Parse each format in a module of its own; `registry.py` holds the table of them."""
