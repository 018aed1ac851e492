"""A question and its hits to an answer."""
