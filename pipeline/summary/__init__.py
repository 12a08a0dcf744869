"""The county's summary workbook, a module a sheet."""
