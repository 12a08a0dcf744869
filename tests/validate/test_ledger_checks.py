"""A unit's report beside its ledger: what differs is told at the cell, with the requests behind."""

import json
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli.main import main
from pipeline.declare.messages import MOST_OF_A_RULE
from pipeline.forms.ledger.workbook import LedgerFill, write_ledger
from pipeline.forms.workbook import write_form
from pipeline.intake.submissions import read_bytes
from pipeline.ledger.counting import counted
from pipeline.ledger.reading import read_ledger
from pipeline.model.ledger import Ledger, Publication
from pipeline.model.place import Place
from pipeline.model.submission import Fact, Submission
from pipeline.validate.checks import check
from pipeline.validate.ledger import ledger_differences, with_ledgers
from pipeline.validate.rules import BROKEN, evaluate_rules
from tests.support.districts import district_2024, random_figures, write_inputs
from tests.support.kept_ledgers import BOOK, EDITION, EDITIONS, kept
from tests.support.ledgers import FORM, day, ledger_sheet, random_requests, request

YEAR = 2024
IDENTITY = {"unit": "示例一镇", "county": "示例区", "year": str(YEAR)}


def report(figures=None, facts=(), ledger=None, **more):
    """A report with all figures 0 but those given, each in a cell named like its key."""
    values = tuple((figures or {}).get(key, 0) for key in EDITION.by_key)
    places = {key: Place(EDITION.by_key[key].table, key) for key in EDITION.by_key}
    return Submission(
        source="示例一镇.xlsx",
        sha256="",
        year=YEAR,
        edition="2021",
        identity=IDENTITY,
        values=values,
        places=places,
        facts=tuple(facts),
        ledger=ledger,
        **more,
    )


def differing(submission):
    return {p.cell: (p.found, p.expected) for p in ledger_differences(submission, EDITION)}


PERSON = "natural_person"
ONE = {f"requests.received.{PERSON}": 1, f"requests.results.granted.{PERSON}": 1}


def test_a_table_that_the_ledger_bears_out_says_nothing():
    ledger = kept(request("1", "2024-03-01", "2024-03-20"))
    assert differing(report(ONE, ledger=ledger)) == {}


def test_a_difference_is_told_at_the_cell_with_the_requests_behind_it():
    ledger = kept(
        request("2024-001", "2024-03-01", "2024-03-20"),
        request("2024-002", "2024-05-01", "2024-05-20", result="（二）部分公开"),
    )
    found = list(ledger_differences(report(ONE, ledger=ledger), EDITION))
    assert {p.cell: (p.found, p.expected) for p in found} == {
        f"requests.received.{PERSON}": ("1", "2"),
        f"requests.results.partly.{PERSON}": ("0", "1"),
    }
    received, partly = sorted(found, key=lambda p: p.cell)
    assert "2024-001、2024-002" in received.message
    assert ("2024-002" in partly.message, "2024-001" in partly.message) == (True, False)
    assert {p.severity for p in found} == {"warning"}


def test_what_the_ledger_does_not_know_at_all_says_so():
    figures = {**ONE, f"requests.results.granted.{PERSON}": 0, "disputes.review.upheld": 1}
    ledger = kept(request("1", "2024-03-01"))
    found = {p.cell: p.message for p in ledger_differences(report(figures, ledger=ledger), EDITION)}
    assert "台账中没有这样的申请" in found["disputes.review.upheld"]
    assert f"requests.carried_out.{PERSON}" in found


def test_an_empty_ledger_says_nothing():
    assert differing(report(ONE, ledger=Ledger())) == {}
    assert differing(report(ONE)) == {}


def test_many_requests_are_named_up_to_a_dozen():
    ledger = kept(*(request(f"第{n}号", "2024-03-01") for n in range(1, 31)))
    told = {p.cell: p.message for p in ledger_differences(report(ledger=ledger), EDITION)}
    message = told[f"requests.received.{PERSON}"]
    assert "第12号 等 30 件" in message
    assert "第13号" not in message


# ----------------------------------------------------------------------- the counted facts


def item(channel, kind="", column="", date="2024-03-01"):
    return {"date": day(date), "title": "示例", "channel": channel, "kind": kind, "column": column}


def fact(channel, count, category="", cell="B9"):
    return Fact(channel=channel, category=category, count=count, place=Place("总体情况", cell))


ITEMS = kept(
    item("政府网站", "政策文件"),
    item("政府网站", "政策文件", "规划计划"),
    item("政府网站", "通知公告"),
    item("微博", "工作动态"),
    item("微博", "工作动态", date="2023-12-31"),
    ask=FORM.publications,
)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ([fact("政府网站", 3), fact("微博", 1)], {}),
        ([fact("政府网站", 4), fact("微博", 1)], {"B9": ("4", "3")}),
        ([fact("政府网站", 3), fact("微博", 2, cell="B10")], {"B10": ("2", "1")}),
        (
            [fact("政府网站", 2, "政策文件"), fact("政府网站", 1, "通知公告"), fact("微博", 1)],
            {},
        ),
        (
            [fact("政府网站", 3, "政策文件"), fact("政府网站", 1, "通知公告"), fact("微博", 1)],
            {"B9": ("3", "2")},
        ),
        ([fact("政府网站", 3)], {"": ("0", "1")}),
        ([], {}),
    ],
)
def test_counted_facts_beside_what_was_published(facts, told):
    assert differing(report(facts=facts, ledger=ITEMS)) == told


def test_channels_without_end_are_told_in_part_and_hold_nothing_up():
    many = 10_000
    items = tuple(
        Publication(date=day("2024-03-01"), title="", channel=f"甲{n}", kind="", column="")
        for n in range(many)
    )
    facts = [
        Fact(channel=f"乙{n}", category="", count=3, place=Place("总体情况", f"B{n}"))
        for n in range(many)
    ]
    began = time.process_time()
    (found,) = check([report(facts=facts, ledger=Ledger(publications=items))], EDITIONS, BOOK)
    assert time.process_time() - began < 8
    rules = Counter(p.rule for p in found)
    assert (rules["ledger.facts"], rules["file.more_alike"]) == (MOST_OF_A_RULE, 1)


def test_a_report_without_counted_facts_takes_those_of_its_ledger():
    [joined], _ = with_ledgers([report(ledger=ITEMS)])
    told = {(f.channel, f.category): f.count for f in joined.facts}
    assert told == {
        ("政府网站", "政策文件"): 2,
        ("政府网站", "通知公告"): 1,
        ("微博", "工作动态"): 1,
    }
    assert differing(joined) == {}


# ------------------------------------------------------------------------- whose ledger it is


def test_a_ledger_of_its_own_goes_to_its_unit_and_year():
    ledger = kept(request("1", "2024-03-01"))
    book = replace(report(ledger=ledger), kept=True, source="台账.xlsx", values=())
    other = replace(report(), identity={**IDENTITY, "unit": "示例二镇"})
    reports, books = with_ledgers([report(), other, book])
    assert [r.ledger for r in reports] == [ledger, None]
    assert [b.problems for b in books] == [()]


def test_of_two_ledgers_none_is_chosen():
    ledger = kept(request("1", "2024-03-01"))
    book = replace(report(ledger=ledger), kept=True, source="台账.xlsx", values=())
    reports, books = with_ledgers([report(), book, replace(book, source="台账(2).xlsx")])
    assert reports[0].ledger is None
    assert [p.rule for one in (*reports, *books) for p in one.problems] == ["ledger.two"] * 3
    reports, _ = with_ledgers([report(ledger=ledger), book])
    assert [p.rule for p in reports[0].problems] == ["ledger.two"]


# ------------------------------------------------------------------- what is counted adds up


@pytest.mark.parametrize("key", sorted(EDITIONS))
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 40))
def test_what_a_ledger_counts_breaks_no_cross_footing_rule(key, seed, count):
    edition = EDITIONS[key]
    year = edition.first_year + 1
    sheet = ledger_sheet(edition, FORM.requests, random_requests(edition, seed, count, year))
    ledger, _ = read_ledger([sheet], edition, FORM, BOOK.facts.channels)
    assert len(ledger.requests) == count
    figures, _ = random_figures(edition, seed, 2)
    figures |= {
        k: len(v) for k, v in counted(ledger.requests, year, edition, FORM.counting).items()
    }
    values = np.array([[figures[k] for k in edition.by_key]], np.int64)
    known = np.ones_like(values, np.bool_)
    prior = np.zeros_like(known)
    county = BOOK.entry("level").choices[0]
    verdicts = evaluate_rules(edition, values, known, values, prior, np.array([year]), (county,))
    own = {FORM.counting.requests, FORM.counting.disputes}
    broken = [
        rule.id
        for rule, outcome in zip(verdicts.rules, verdicts.outcome[0], strict=True)
        if outcome == BROKEN and rule.table in own and rule.severity == "error"
    ]
    assert broken == []


# --------------------------------------------------------------------------- in a whole run


def test_a_ledger_in_the_input_is_compared_and_no_report(tmp_path, capsys):
    source = tmp_path / "input"
    write_inputs(source, district_2024()[:2])
    [path, *_] = sorted(source.rglob("*.xlsx"))
    unit = read_bytes(path.read_bytes(), path.name, EDITIONS, BOOK).identity
    lines = [
        request("2024-001", "2024-03-01", "2024-03-20", summary="电话13800138000"),
        request("2024-002", "2024-11-01"),
    ]
    fill = LedgerFill(identity={k: unit[k] for k in ("unit", "county", "year")}, requests=lines)
    (source / "台账").mkdir()
    (source / "台账" / "一.xlsx").write_bytes(write_ledger(EDITION, BOOK, fill))
    status = main(["run", "--input", str(source), "--output", str(tmp_path / "output")])
    told = capsys.readouterr().out
    assert status == 0
    assert "通过 2 个" in told
    assert "另有台账 1 份" in told
    record = json.loads((tmp_path / "output" / "run.json").read_text("utf-8"))
    [ledger] = record["ledgers"]
    assert [p["rule"] for p in ledger["problems"]] == ["ledger.personal"]
    differences = {
        u["unit"]: [p for p in u["problems"] if p["rule"] == "ledger.differs"]
        for u in record["units"]
    }
    assert bool(differences.pop(unit["unit"]))
    assert not any(differences.values())
    [page] = (tmp_path / "output").glob("*/总览.html")
    told = page.read_text("utf-8")
    assert "台账：逾期和快到期的申请" in told
    assert "“内容摘要”中像是有手机号码" in told
    assert "答复平均 13 个工作日" in told.replace("13.0", "13")
    for path in (tmp_path / "output").rglob("*.*"):
        assert b"13800138000" not in path.read_bytes()


def test_checking_files_tells_of_ledgers_beside_reports(tmp_path, capsys):
    ledger, form = tmp_path / "台账.xlsx", tmp_path / "表.xlsx"
    fill = LedgerFill(identity=IDENTITY, requests=[request("1", "2024-03-01")])
    ledger.write_bytes(write_ledger(EDITION, BOOK, fill))
    form.write_bytes(write_form(EDITION, BOOK, field_names=()))
    assert main(["check", str(ledger)]) == 0
    assert "共 0 个问题" in capsys.readouterr().out
    assert main(["check", str(form), str(ledger)]) == 1


def test_the_checks_of_a_batch_include_the_ledger():
    submission = report(ONE, ledger=kept(request("1", "2024-03-01")))
    [problems] = check([submission], EDITIONS, BOOK)
    assert sum(p.rule == "ledger.differs" for p in problems) == 2
