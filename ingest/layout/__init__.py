"""Read a page as an eye does: characters and boxes become lines, columns, tables, notes."""
