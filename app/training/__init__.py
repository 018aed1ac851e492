"""Make the reader's weights; nothing here runs when a question is answered."""
