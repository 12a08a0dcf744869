"""A new year's ledger takes over what the last one leaves open."""

import pytest
from hypothesis import example as hypothesis_example
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli.main import main
from pipeline.declare.editions import load_editions
from pipeline.declare.ledger import result_choices
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.ledger.issuing import left_open
from pipeline.forms.ledger.workbook import LedgerFill, write_ledger
from pipeline.intake.submissions import read_bytes
from pipeline.ledger.counting import counted
from pipeline.ledger.reading import read_ledger
from tests.support.ledgers import FORM, day, ledger_sheet, random_requests, request
from tests.support.rosters import filled

EDITIONS, BOOK = load_editions(), workbook_form()


def read(edition, lines):
    sheet = ledger_sheet(edition, FORM.requests, lines)
    ledger, _ = read_ledger([sheet], edition, FORM, BOOK.facts.channels)
    return ledger.requests


@pytest.mark.parametrize(
    ("before", "after"), [("2019", "2019"), ("2019", "2021"), ("2021", "2021")]
)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
@hypothesis_example(seed=11064)
def test_what_is_carried_out_of_a_year_is_carried_into_the_next(before, after, seed):
    old, new = EDITIONS[before], EDITIONS[after]
    year = old.last_year if after != before else old.first_year
    known = {choice.key for choice in result_choices(new, FORM.counting)} | {""}
    # What the new edition has no row for is left for the clerk to choose.
    requests = [r for r in read(old, random_requests(old, seed, 25, year)) if r.result in known]
    lines = list(left_open(requests, year, new, FORM))
    ended = counted(requests, year, old, FORM.counting)
    begun = counted(read(new, lines), year + 1, new, FORM.counting)
    for key, found in ended.items():
        if key.startswith("requests.carried_out."):
            into = begun[key.replace("carried_out", "carried_in")]
            assert sorted(r.number for r in into) == sorted(r.number for r in found)
        if key.endswith(".pending"):
            assert {r.number for r in begun[key]} == {r.number for r in found}
    # A letter that came in the last days counts as received when that is agreed, in the new year.
    late = {r.number for r in requests if r.course.received.year > year}
    assert {r.number for r in begun["requests.received.total"]} == late
    courses = {r.number: r.course for r in requests}
    assert all(r.course == courses[r.number] for r in read(new, lines))


def test_a_roster_s_units_each_get_a_ledger_with_what_is_open(tmp_path):
    source = tmp_path / "input"
    filled(source, [{"unit": "示例一镇"}, {"unit": "示例二镇", "due": "否"}, {"unit": "示例三局"}])
    lines = [request("2023-007", "2023-12-20"), request("2023-001", "2023-02-01", "2023-02-20")]
    identity = {"unit": "示例一镇", "county": "示例区", "year": "2023"}
    fill = LedgerFill(identity=identity, requests=lines)
    (source / "上年台账.xlsx").write_bytes(write_ledger(EDITIONS["2021"], BOOK, fill))
    arguments = ["--input", str(source), "--output", str(tmp_path / "o")]
    assert main(["ledger", "--issue", *arguments]) == 0
    made = sorted((tmp_path / "o" / "示例区2024年度").rglob("*.xlsx"))
    assert [path.name for path in made] == [
        "示例一镇2024年公开台账.xlsx",
        "示例三局2024年公开台账.xlsx",
    ]
    ledgers = [read_bytes(path.read_bytes(), path.name, EDITIONS, BOOK) for path in made]
    assert [(s.unit, s.county, s.year) for s in ledgers] == [
        ("示例一镇", "示例区", 2024),
        ("示例三局", "示例区", 2024),
    ]
    numbers = [[r.number for r in s.ledger.requests] for s in ledgers if s.ledger is not None]
    assert numbers == [["2023-007"], []]
    assert ledgers[0].ledger.requests[0].course.received == day("2023-12-20")
