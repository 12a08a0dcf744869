"""A ledger's formulas, computed by the real LibreOffice, say what the pipeline says of it."""

from __future__ import annotations

import datetime
import io
import random

import openpyxl
import pytest

from pipeline.declare.editions import load_editions
from pipeline.declare.ledger import columns
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.ledger.sheets import FIRST_ROW, STATE_ROW
from pipeline.forms.ledger.tally import tally_layout
from pipeline.forms.ledger.workbook import LedgerFill, write_ledger
from pipeline.ledger.counting import counted, published
from pipeline.ledger.deadlines import standing
from pipeline.ledger.reading import read_ledger
from pipeline.model.edition import Edition
from pipeline.model.working_days import library_calendar
from tests.support.ledgers import FORM, ledger_sheet, random_requests
from tests.support.recalculation import recalculated

pytestmark = pytest.mark.slow

EDITIONS, BOOK = load_editions(), workbook_form()
LINES = 260


def publications(seed: int, year: int) -> list[dict[str, object]]:
    rng = random.Random(seed)
    return [
        {
            "date": datetime.date(year, 1, 1) + datetime.timedelta(days=rng.randint(-20, 370)),
            "title": f"示例{n}",
            "column": rng.choice(list(FORM.usual)[:-1]),
            "kind": rng.choice([*FORM.kinds, ""]),
            "channel": rng.choice([*BOOK.facts.channels, "示例号"]),
        }
        for n in range(150)
    ]


@pytest.mark.parametrize(
    ("key", "year", "today"),
    [
        ("2019", 2020, datetime.date(2020, 12, 20)),
        ("2021", 2024, datetime.date(2024, 10, 9)),
        ("2021", 2025, datetime.date(2026, 1, 5)),
    ],
)
def test_libreoffice_counts_and_dates_as_the_pipeline_does(key, year, today, tmp_path):
    edition = EDITIONS[key]
    lines = random_requests(edition, year, LINES, year)
    items = publications(year, year)
    fill = LedgerFill(
        identity={"unit": "示例镇", "county": "示例区", "year": str(year)},
        requests=lines,
        publications=items,
        today=today,
    )
    content = recalculated(write_ledger(edition, BOOK, fill), tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    sheets = [
        ledger_sheet(edition, FORM.requests, lines),
        ledger_sheet(edition, FORM.publications, items),
    ]
    ledger, _ = read_ledger(sheets, edition, FORM, BOOK.facts.channels)
    assert len(ledger.requests) == LINES
    assert _standings(book, edition, today) == [
        (due.isoformat() if due else "", FORM.statuses[status])
        for due, status in (
            (told.due, told.status)
            for told in (
                standing(r.course, today, FORM.periods, library_calendar()) for r in ledger.requests
            )
        )
    ]
    assert len({word for _, word in _standings(book, edition, today)}) >= 6
    tally, layout = book[FORM.tally], tally_layout(edition, FORM)
    behind = counted(ledger.requests, year, edition, FORM.counting)
    computed = {k: tally.cell(r + 1, c + 1).value for k, (r, c) in layout.places.items()}
    assert computed == {field: len(found) for field, found in behind.items()}
    assert sum(computed.values()) > LINES

    # 栏目更新: the latest item of each column, and what is due
    watched = book[FORM.watched.sheet]
    for row, (name, cycle) in enumerate(FORM.usual.items(), FIRST_ROW + 1):
        dates = [item["date"] for item in items if item["column"] == name]
        assert watched.cell(row, 1).value == name
        days = next(c.days for c in FORM.cycles if c.label == cycle)
        last = max(dates) if dates else None
        due = (last or datetime.date(year, 1, 1)) + datetime.timedelta(days=days)
        until = min(today, datetime.date(year, 12, 31))
        state = FORM.states["due" if until > due else "fresh"]
        assert [_day(watched.cell(row, c).value) for c in (3, 4)] == [last, due]
        assert watched.cell(row, 5).value == state

    # 主动公开: the items of the year by kind and channel
    counts = published(ledger.publications, year)
    top = layout.bottom + 3
    names = [*BOOK.facts.channels, "合计"]
    for row, kind in enumerate([*FORM.kinds, "合计"], top):
        for column, channel in enumerate(names, 4):
            expected = sum(
                count
                for (on, what), count in counts.items()
                if channel in (on, "合计") and kind in (what, "合计")
            )
            assert tally.cell(row, column).value == expected, (kind, channel)


def _day(value):
    return value.date() if isinstance(value, datetime.datetime) else None


def _standings(book: openpyxl.Workbook, edition: Edition, today: datetime.date):
    sheet = book[FORM.requests.sheet]
    keys = [column.key for column in columns(FORM.requests, edition, FORM)]
    due, status = keys.index("due") + 1, keys.index("status") + 1
    late = 0
    told = []
    for row in range(FIRST_ROW + 1, FIRST_ROW + 1 + LINES):
        until = sheet.cell(row, due).value
        told.append(
            (until.date().isoformat() if until else "", sheet.cell(row, status).value),
        )
        late += told[-1][1] == FORM.statuses["late"]
    assert sheet.cell(STATE_ROW + 1, 1).value.startswith(f"{FORM.statuses['late']} {late} 件")
    return told
