"""What a passage says to a question: spans and evidence, all on one scale."""
