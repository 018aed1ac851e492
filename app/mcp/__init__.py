"""Offer a library to language models and other programs by the Model Context Protocol."""
