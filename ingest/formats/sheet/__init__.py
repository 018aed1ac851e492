"""Read the sheets of a workbook: their cells, how numbers are shown, and the tables they form."""
