"""A question to an answer to a person."""
