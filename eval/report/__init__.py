"""Turn predictions into figures, reports and comparisons, and hold them against floors."""
