"""Predictions to figures, reports, floors and comparisons."""
