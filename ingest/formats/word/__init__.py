"""Read Word documents: what stands in a paragraph, its number, its notes, its tables."""
