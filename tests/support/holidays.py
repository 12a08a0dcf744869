"""Notices of holidays."""

import datetime
import io

import openpyxl

from pipeline.forms.ledger.holidays import HEADER_ROW, write_holidays
from pipeline.ledger.holidays import holiday_form, known_notices
from pipeline.model.working_days import library_calendar

LIBRARY = library_calendar()


FORM = holiday_form()


# ------------------------------------------------------------------------------- the file


def typed(folder, *lines):
    """The template, filled in below its own lines."""
    book = openpyxl.load_workbook(io.BytesIO(write_holidays()))
    sheet = book[FORM.sheet]
    top = HEADER_ROW + 2 + len(known_notices(LIBRARY.last_year))
    for row, line in enumerate(lines, top):
        for column, value in enumerate(line, 1):
            sheet.cell(row, column).value = value
    folder.mkdir(exist_ok=True)
    book.save(folder / f"{FORM.name}.xlsx")


NEXT = LIBRARY.last_year + 1


NOTICE = (
    (NEXT, "元旦", datetime.datetime(NEXT, 1, 1), datetime.datetime(NEXT, 1, 3), ""),
    (NEXT, "春节", f"{NEXT}-2-5", f"{NEXT}-2-11", f"{NEXT}-1-30、{NEXT}年2月14日"),
    (NEXT, "清明节", f"{NEXT}.4.3", f"{NEXT}.4.5", None),
    (NEXT, "劳动节", f"{NEXT}-5-1", f"{NEXT}-5-5", f"{NEXT}-5-8"),
    (NEXT, "端午节", f"{NEXT}-6-9", f"{NEXT}-6-9", None),
    (NEXT, "中秋节", f"{NEXT}-9-15", f"{NEXT}-9-15", None),
    (f"{NEXT}年", "国庆节", f"{NEXT}-10-1", f"{NEXT}-10-7", datetime.datetime(NEXT, 10, 9)),
)
