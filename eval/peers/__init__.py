"""Put other systems beside inquote; needs the optional extra, `pip install -e ".[peers]"`."""
