"""Blank forms that several tests open."""

EXCEL_2010 = frozenset(
    [
        "ABS",
        "AND",
        "CHOOSE",
        "COUNT",
        "COUNTA",
        "COUNTIF",
        "COUNTIFS",
        "FALSE",
        "FIND",
        "IF",
        "IFERROR",
        "INDEX",
        "INT",
        "ISBLANK",
        "ISNUMBER",
        "ISTEXT",
        "LEFT",
        "LEN",
        "MAX",
        "MID",
        "MIN",
        "N",
        "NA",
        "NOT",
        "OR",
        "RIGHT",
        "ROUND",
        "SUM",
        "SUMPRODUCT",
        "TRIM",
        "VALUE",
    ]
)
"""Functions that Excel 2010, WPS and LibreOffice all compute."""
