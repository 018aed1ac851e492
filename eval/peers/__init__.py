"""Other systems in the same run: an optional extra, `pip install -e ".[peers]"`."""
