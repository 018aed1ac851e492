"""Questions to predictions to a report."""
