"""What the answering knows of a language."""
