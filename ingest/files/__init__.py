"""Make documents of files: find them, read them, parse them within limits."""
