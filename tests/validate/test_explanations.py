"""情况说明: what can be answered, and for how long an answer stands."""

import json
from dataclasses import replace

import openpyxl
import pytest

from pipeline.declare.editions import load_editions
from pipeline.model.explanation import BoundExplanation
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import Explanation, Submission
from pipeline.model.unit_outcome import UnitOutcome, status
from pipeline.publish.record import run_record
from pipeline.validate.explanations import (
    attach_explanations,
    is_explainable,
    recorded_explanations,
)
from tests.support.districts import district_2024, write_inputs
from tests.support.runs import run

EDITION = load_editions()["2021"]
CARRY = next(rule for rule in EDITION.rules if rule.answerable)
HERE = Place("校验", "L9")


def breach(rule, found="5", severity="warning"):
    return Problem(
        rule=rule,
        severity=severity,
        message="…",
        sheet="依申请公开",
        cell="D8",
        subject="自然人",
        found=found,
        expected="3",
    )


def said(text, rule="", fingerprint=""):
    subject = "自然人" if rule else ""
    return Explanation(text=text, place=HERE, rule=rule, subject=subject, fingerprint=fingerprint)


def settle(problems, explanations, before=()):
    told, kept = attach_explanations(problems, explanations, before, EDITION)
    return [(p.rule, p.explanation) for p in told], kept


def test_a_warning_is_answered_beside_its_rule():
    told, [kept] = settle([breach("C6")], [said("机构改革", "C6")])
    assert told == [("C6", "机构改革")]
    assert kept == BoundExplanation(
        rule="C6", subject="自然人", text="机构改革", fingerprint=breach("C6").fingerprint
    )


def test_an_answer_stands_until_its_figures_change():
    problems, explanations = [breach("C6")], [said("机构改革", "C6")]
    _, before = settle(problems, explanations)
    again, before = settle(problems, explanations, before)
    assert again == [("C6", "机构改革")]

    changed, before = settle([breach("C6", found="7")], explanations, before)
    assert changed == [("C6", ""), ("answer.stale", "")]
    # … and doesn't become valid by being seen twice, or by the rule holding in between.
    _, before = settle([], explanations, before)
    still, before = settle([breach("C6", found="7")], explanations, before)
    assert still == changed
    # The old figures are the ones it was written for.
    assert settle(problems, explanations, before)[0] == [("C6", "机构改革")]
    # Another text is another answer.
    anew, _ = settle([breach("C6", found="7")], [said("数据更正", "C6")], before)
    assert anew == [("C6", "数据更正")]


def test_an_answer_in_a_returned_copy_is_bound_to_the_problem_it_stands_beside():
    problem = breach("C6")
    answer = said("数据更正", fingerprint=problem.fingerprint)
    assert settle([problem], [answer])[0] == [("C6", "数据更正")]
    assert settle([breach("C6", found="7")], [answer])[0] == [("C6", "")]


def test_the_answer_beside_the_problem_goes_before_that_beside_the_rule():
    problem = breach("C6")
    both = [said("数据更正", fingerprint=problem.fingerprint), said("机构改革", "C6")]
    assert settle([problem], both) == ([("C6", "数据更正")], ())


def test_every_problem_is_told_whether_answered_or_not():
    problems = [breach("A3", severity="error"), breach("C6"), breach("C7"), breach("C8")]
    explanations = [said("机构改革", "C6"), said("数据更正", "C8")]
    before = [BoundExplanation(rule="C6", subject="自然人", text="机构改革", fingerprint="0" * 16)]
    told, kept = settle(problems, explanations, before)
    assert told == [("A3", ""), ("C6", ""), ("C7", ""), ("C8", "数据更正"), ("answer.stale", "")]
    assert [(one.rule, one.fingerprint) for one in kept] == [
        ("C6", "0" * 16),
        ("C8", breach("C8").fingerprint),
    ]


def test_an_answer_that_is_no_more_given_is_forgotten():
    before = [
        BoundExplanation(rule=rule, subject="自然人", text=text, fingerprint="0" * 16)
        for rule, text in (("C6", "机构改革"), ("C7", "原来的话"), ("C8", "数据更正"))
    ]
    explanations = [said("改了的话", "C7"), said("数据更正", "C8")]
    assert settle([], explanations, before) == ([], (before[2],))
    again, kept = settle([breach("C8")], explanations, before)
    assert again == [("C8", ""), ("answer.stale", "")]
    assert kept == (before[2],), "once"


def test_nothing_but_a_warning_is_answerable_where_there_is_no_edition():
    assert is_explainable(breach("C6"), None)
    assert not is_explainable(breach(CARRY.id, severity="error"), None)


def test_errors_cannot_be_answered_away_but_the_carry_over_can():
    told, kept = settle([breach("A3", severity="error")], [said("没有错", "A3")])
    assert told == [("A3", "")]
    assert kept == ()
    carried = breach(CARRY.id, severity="error")
    problems, _ = attach_explanations([carried], [said("上年数据更正", CARRY.id)], (), EDITION)
    here = Submission(source="示例.xlsx", sha256="")
    assert status(here, [carried]) == "returned"
    assert status(here, problems) == "accepted"


def test_the_record_remembers_answers():
    unit = Submission(
        source="示例.xlsx",
        sha256="",
        year=2024,
        identity={"unit": "示例镇", "county": "示例区"},
    )
    answer = BoundExplanation(rule="C6", subject="自然人", text="机构改革", fingerprint="0" * 16)
    outcome = UnitOutcome(submission=unit, problems=(), status="accepted", explanations=(answer,))
    record = json.loads(b"".join(run_record([outcome], [], load_editions(), {})))
    assert recorded_explanations(record) == {("示例区", "示例镇", 2024): (answer,)}


def test_a_damaged_record_remembers_nothing():
    assert recorded_explanations({}) == {}
    assert recorded_explanations({"units": 3}) == {}
    bad = [None, {}, {"county": "x", "unit": "y", "year": "z"}]
    assert recorded_explanations({"units": bad}) == {}
    good = {"county": "x", "unit": "y", "year": None, "answers": []}
    assert recorded_explanations({"units": [*bad, good]}) == {("x", "y", 0): ()}


# ----------------------------------------------------------------- from the workbook to the run


@pytest.mark.slow
def test_an_answer_in_the_workbook_settles_the_carry_over_until_the_figures_change(tmp_path):
    last = district_2024()[1]
    this = replace(last, identity={**last.identity, "year": "2025"})
    (before,) = write_inputs(tmp_path / "input" / "2024", [last])
    (path,) = write_inputs(tmp_path / "input" / "2025", [this])
    assert before != path

    def change(do) -> tuple[str, dict[str, str], list[str]]:
        book = openpyxl.load_workbook(path)
        do(book)
        book.save(path)
        _, record = run(tmp_path)
        unit = next(u for u in record["units"] if u["year"] == 2025)
        answers = {p["rule"]: p["answer"] for p in unit["problems"]}
        return unit["status"], answers, [p["rule"] for p in unit["problems"]]

    status_, answers, _ = change(lambda book: None)
    assert (status_, answers["D1"]) == ("returned", "")

    def explain(book) -> None:
        sheet = book["校验"]
        line = next(c.row for row in sheet.iter_rows() for c in row[:1] if c.value == "D1")
        header = next(c for row in sheet.iter_rows(max_row=6) for c in row if c.value == "情况说明")
        assert not sheet.cell(line, header.column).protection.locked
        sheet.cell(line, header.column).value = "上年数据更正"

    status_, answers, _ = change(explain)
    assert (status_, answers["D1"]) == ("accepted", "上年数据更正")
    status_, answers, _ = change(lambda book: None)
    assert (status_, answers["D1"]) == ("accepted", "上年数据更正")

    def other_figures(book) -> None:
        """One more carried over, one less newly received: all else still adds up."""
        sheet = book["依申请公开"]
        column = next(c.column for row in sheet.iter_rows() for c in row if c.value == "自然人")
        for label, step in (("一、", -1), ("二、", 1)):
            row = next(
                c.row
                for row in sheet.iter_rows()
                for c in row[:1]
                if str(c.value).startswith(label)
            )
            sheet.cell(row, column).value += step

    status_, answers, rules = change(other_figures)
    assert (status_, answers["D1"]) == ("returned", "")
    assert "answer.stale" in rules
