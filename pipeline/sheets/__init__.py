"""Reading the sheets of any workbook, of any format, without trusting it."""
