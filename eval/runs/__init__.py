"""Run the whole system: questions in, predictions.jsonl out."""
