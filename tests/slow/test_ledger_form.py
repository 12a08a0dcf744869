"""The ledger within the standardized workbook, filled in and computed by the real LibreOffice."""

from __future__ import annotations

import io
import subprocess

import openpyxl
import pytest

from pipeline.declare.editions import load_editions
from pipeline.declare.ledger import columns
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.ledger.sheets import FIRST_ROW
from pipeline.forms.ledger.tally import STATE_ROW
from pipeline.forms.ledger.workbook import LedgerFill, write_ledger
from pipeline.forms.workbook import write_form
from pipeline.intake.submissions import read_bytes
from pipeline.ledger.counting import counted
from pipeline.model.submission import Prefill
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.model.working_days import library_calendar
from pipeline.returns.marks import marked
from pipeline.returns.returns import return_list
from pipeline.validate.ledger import ledger_differences
from tests.support.edition_years import YEARS
from tests.support.ledgers import FORM, random_requests
from tests.support.recalculation import recalculated

pytestmark = pytest.mark.slow

EDITIONS, BOOK = load_editions(), workbook_form()


def form(key: str) -> bytes:
    identity = {"unit": "示例镇", "county": "示例区", "year": str(YEARS[key])}
    prefill = Prefill(identity=identity, confirmed=True)
    return write_form(EDITIONS[key], BOOK, prefill, calendar=library_calendar())


def filled(key: str, typed: dict[str, int]) -> bytes:
    """The form with 60 requests in its ledger, and figures typed over what it counts."""
    edition = EDITIONS[key]
    places = read_bytes(form(key), "示例.xlsx", EDITIONS, BOOK).places
    book = openpyxl.load_workbook(io.BytesIO(form(key)))
    sheet = book[FORM.requests.sheet]
    at = {c.key: i for i, c in enumerate(columns(FORM.requests, edition, FORM), 1)}
    for row, line in enumerate(random_requests(edition, 3, 60, YEARS[key]), FIRST_ROW + 1):
        for column, value in line.items():
            sheet.cell(row, at[column]).value = value
    for field, number in typed.items():
        book[places[field].sheet][places[field].cell].value = number
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("key", sorted(EDITIONS))
def test_the_tables_take_what_the_ledger_counts(key, tmp_path):
    edition = EDITIONS[key]
    content = recalculated(filled(key, {}), tmp_path)
    read = read_bytes(content, "示例.xlsx", EDITIONS, BOOK)
    assert read.ledger is not None
    behind = counted(read.ledger.requests, YEARS[key], edition, FORM.counting)
    figures = dict(zip(edition.by_key, read.values, strict=True))
    assert {k: figures[k] for k in behind} == {k: len(v) for k, v in behind.items()}
    assert figures["requests.received.total"] > 20
    assert list(ledger_differences(read, edition)) == []
    tally = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[FORM.tally]
    assert tally.cell(STATE_ROW + 1, 1).value == "各表与台账相符"


def test_what_a_clerk_types_over_stays_and_is_told_on_both_sides(tmp_path):
    key, field = "2021", "requests.results.granted.natural_person"
    edition = EDITIONS[key]
    content = recalculated(filled(key, {field: 77}), tmp_path)
    read = read_bytes(content, "示例.xlsx", EDITIONS, BOOK)
    [told] = ledger_differences(read, edition)
    assert (told.cell, told.found) == (read.places[field].cell, "77")
    tally = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[FORM.tally]
    # the cell, and the three totals that it is part of
    assert tally.cell(STATE_ROW + 1, 1).value.startswith("有 4 格与台账不同")


def test_a_returned_copy_keeps_the_ledger_as_it_is():
    read = read_bytes(form("2021"), "示例.xlsx", EDITIONS, BOOK)
    outcome = UnitOutcome(submission=read, problems=read.problems, status="returned")
    copy = marked(form("2021"), return_list(outcome, EDITIONS["2021"]), BOOK)
    assert copy is not None
    before, after = (openpyxl.load_workbook(io.BytesIO(x)) for x in (form("2021"), copy))
    for name in FORM.sheets:
        old, new = before[name], after[name]
        assert (new.sheet_state, list(new.tables)) == (old.sheet_state, list(old.tables))
        assert [[c.value for c in row] for row in new.iter_rows()] == [
            [c.value for c in row] for row in old.iter_rows()
        ]
    assert set(before.defined_names) <= set(after.defined_names)


@pytest.mark.parametrize("suffix", ["ods", "xls"])
def test_a_ledger_kept_in_another_format_is_read_the_same(suffix, tmp_path):
    edition = EDITIONS["2021"]
    lines = random_requests(edition, 5, 40, 2024)
    identity = {"unit": "示例镇", "county": "示例区", "year": "2024"}
    content = write_ledger(edition, BOOK, LedgerFill(identity=identity, requests=lines))
    source = tmp_path / "台账.xlsx"
    source.write_bytes(content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    arguments = ["--convert-to", suffix, "--outdir", str(tmp_path), str(source)]
    subprocess.run(
        ["soffice", profile, "--headless", *arguments], check=True, capture_output=True, timeout=300
    )
    saved = source.with_suffix(f".{suffix}").read_bytes()
    as_kept, as_saved = (read_bytes(x, "台账", EDITIONS, BOOK) for x in (content, saved))
    assert as_saved.kept
    assert as_saved.ledger == as_kept.ledger
    assert len(as_saved.ledger.requests) == 40
    assert as_saved.identity == as_kept.identity
