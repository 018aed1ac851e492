"""Measure what inquote costs: start, ask, ingest, embed, scale, load.

Each program measures in the same run what it compares with.
"""
