"""Ledgers as they stand on a day."""

from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.ledger.reading import read_ledger
from pipeline.ledger.view import ledger_view
from pipeline.model.submission import Submission
from pipeline.model.working_days import library_calendar
from tests.support.ledgers import FORM, day, ledger_sheet

EDITIONS, BOOK = load_editions(), workbook_form()


EDITION, CALENDAR = EDITIONS["2021"], library_calendar()


IDENTITY = {"unit": "示例镇", "county": "示例区", "year": "2025"}


def view(on, *lines, items=(), watched=(), year=2025):
    sheets = [
        ledger_sheet(EDITION, ask, asked)
        for ask, asked in (
            (FORM.requests, lines),
            (FORM.publications, items),
            (FORM.watched, watched),
        )
    ]
    ledger, problems = read_ledger(sheets, EDITION, FORM, BOOK.facts.channels)
    assert problems == []
    submission = Submission(
        source="台账.xlsx", sha256="", year=year, edition="2021", identity=IDENTITY, ledger=ledger
    )
    return ledger_view(submission, day(on), CALENDAR)


def item(date, column):
    return {"date": day(date), "title": "示例", "channel": "政府网站", "column": column}
