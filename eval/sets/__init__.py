"""Ask the whole system questions of published sets: tables, several spans, verdicts."""
