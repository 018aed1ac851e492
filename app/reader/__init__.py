"""Read passages for a question: spans and evidence, all on one scale."""
