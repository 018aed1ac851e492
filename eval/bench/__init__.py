"""What inquote costs: start, ask, ingest, scale, load; each program measures what it compares with in the same run."""
