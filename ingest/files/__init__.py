"""Files to documents: find them, read them, parse them within limits."""
