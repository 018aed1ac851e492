"""The page: the conversation beside the document."""
