"""Read OpenDocument: its styles and lists, and what stands in its paragraphs and tables."""
