"""Ask a text a question; get the text's own words back, each with its place."""

__version__ = "0.2.0"
