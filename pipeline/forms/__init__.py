"""The standardized workbook that a unit fills in, and issuing it."""
