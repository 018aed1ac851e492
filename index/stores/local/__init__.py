"""A library in a folder of one machine: SQLite, FAISS and tantivy."""
