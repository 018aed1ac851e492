"""Parse files, each format in a module of its own and all of them in `registry.py`."""
