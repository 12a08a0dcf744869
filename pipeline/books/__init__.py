"""How any workbook is begun and drawn."""
