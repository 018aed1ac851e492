"""The system behind one thread, and the work that is done beside it."""
