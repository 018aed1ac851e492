"""Read the slides of a presentation: their shapes in order, and how their paragraphs are marked."""
