"""English as far as answering needs it: every word list and question pattern.

`ingest/english.py` is its counterpart for sentences and search.
"""

NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()
