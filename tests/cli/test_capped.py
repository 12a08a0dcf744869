"""What a terminal lists stays readable however much it is, and what is left is counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.audit.audit import Audit
from pipeline.cli.capped import (
    LINES_SHOWN,
    PROBLEMS_SHOWN,
    WORKBOOKS_SHOWN,
    capped,
    office_lines,
    problem_lines,
)
from pipeline.cli.closing import told_checked
from pipeline.cli.ledger import told_views
from pipeline.cli.main import main
from pipeline.cli.published import told_audits
from pipeline.declare.messages import problem
from pipeline.model.problem import Problem
from pipeline.published.reports import PublishedReport
from tests.support.districts import EDITIONS, district_2024
from tests.support.ledger_views import item, view
from tests.support.ledgers import request
from tests.support.outcomes import outcome
from tests.support.published_pages import page, plain_text

BOOK = Path("output/审计/年报审计结果.xlsx")


@pytest.mark.parametrize(("items", "lines"), [(0, 0), (3, 3), (4, 4)])
def test_what_is_left_is_told_once_and_only_where_something_is(items, lines):
    told = list(capped(range(items), 3, lambda one: [str(one)], lambda left: f"另有 {len(left)}"))
    assert told == [*map(str, range(min(items, 3))), *(["另有 1"] if items > 3 else [])]
    assert len(told) == lines


def problems(errors: int, warnings: int) -> tuple[Problem, ...]:
    blank = [problem("cell.blank", cell=f"A{n}", name="甲") for n in range(warnings)]
    wrong = [problem("cell.negative", cell=f"B{n}", name="甲", text="-1") for n in range(errors)]
    return (*blank, *wrong)


def test_errors_are_told_before_warnings_each_with_its_answer():
    answered = replace(problems(1, 0)[0], explanation="机构改革")
    told = list(problem_lines((*problems(0, 30), answered), "见甲"))
    assert told[0].startswith("  错误　B0")
    assert told[1] == "  　　　已有情况说明：机构改革"
    assert told[-1] == f"  另有 {31 - PROBLEMS_SHOWN} 处，见甲"
    assert len(told) == PROBLEMS_SHOWN + 2


def test_of_a_roster_full_of_faults_the_first_are_told_and_the_others_counted():
    lines = list(office_lines("名册", problems(LINES_SHOWN + 5, 0)))
    assert lines[0].startswith("【名册】错误　B0")
    assert lines[LINES_SHOWN:] == ["【名册】另有 5 处没有列出，请改正以上各处后再运行。"]


def test_a_check_of_many_workbooks_counts_what_it_does_not_print():
    told = list(told_checked([outcome(f"示例{n}镇", warnings=10) for n in range(25)]))
    assert len(told) == WORKBOOKS_SHOWN * (PROBLEMS_SHOWN + 2) + 1
    assert told[0] == "示例0镇.xlsx　示例0镇　共 10 个问题"
    assert told[PROBLEMS_SHOWN + 1].startswith(f"  另有 {10 - PROBLEMS_SHOWN} 处，放进 input")
    assert told[-1].startswith("另有 5 个工作簿的 50 处，放进 input 运行 make")


# ------------------------------------------------------------------------------------- audits


def audit(number: int, errors: int) -> Audit:
    report = PublishedReport(source=f"{number}.docx", sha256="", unit=f"示例{number}镇", year=2024)
    return Audit(report=report, problems=problems(errors, 0), compared=True)


def test_an_audit_of_many_reports_tells_of_the_worst_and_ranks_the_best():
    order = [audit(number, number) for number in range(30)]
    told = list(told_audits(order, BOOK))
    heads = [line for line in told if line.startswith("【")]
    assert len(heads) == WORKBOOKS_SHOWN
    assert "示例29镇" in heads[0]
    left = sum(range(30 - WORKBOOKS_SHOWN))
    assert f"另有 {30 - WORKBOOKS_SHOWN} 份报告的 {left} 处，见 {BOOK}" in told
    ranks = told[told.index("\n名次　结论　　错误　警告　单位") + 1 :]
    assert len(ranks) == WORKBOOKS_SHOWN + 1
    assert ranks[0].endswith("示例0镇 2024")
    assert ranks[-1] == f"另有 {30 - WORKBOOKS_SHOWN} 份报告的名次，见 {BOOK}"


def test_an_audit_of_a_few_reports_tells_all_in_their_order():
    told = list(told_audits([audit(1, 0), audit(2, PROBLEMS_SHOWN)], BOOK))
    assert not [line for line in told if "另有" in line]
    assert [line[:4] for line in told if line.startswith("【")] == ["【相符】", "【有错误"]


@pytest.mark.parametrize("changed", [False, True])
def test_a_single_report_with_more_than_is_printed_gets_its_list(tmp_path, capsys, changed):
    unit = district_2024()[-1]
    # Odd ones, so that hardly a sum is left that adds up.
    figures = {key: 2 * at + 1 for at, key in enumerate(unit.figures)} if changed else unit.figures
    title = f"{unit.identity['unit']}2024年度政府信息公开工作年度报告"
    (tmp_path / "年报.html").write_text(page(EDITIONS["2021"], title, plain_text(figures)), "utf-8")
    main(["audit", str(tmp_path / "年报.html"), "--output", str(tmp_path)])
    told = capsys.readouterr().out
    assert ("处，见 " in told) == changed
    assert (tmp_path / "审计" / "年报审计结果.xlsx").is_file() == changed


# ------------------------------------------------------------------------------------ ledgers


def test_of_a_long_ledger_what_is_late_is_told_first():
    requests = [request(f"甲{n}", "2025-02-20") for n in range(LINES_SHOWN + 3)]
    waiting = [request(f"乙{n}", "2025-03-20", correction_asked=None) for n in range(2)]
    told = list(told_views([view("2025-03-31", *waiting, *requests)]))
    assert len(told) == LINES_SHOWN + 2
    assert all("甲" in line and "逾期" in line for line in told[1:-1])
    assert told[-1] == "  另有 3 处，见这份台账，或运行 make 后看总览。"


def test_of_many_ledgers_those_that_press_are_told_first():
    quiet = view("2025-03-31", request("甲", "2025-03-20"))
    late = view("2025-03-31", request("乙", "2025-02-20"))
    due = view(
        "2025-06-30",
        items=[item("2025-03-01", "公告")],
        watched=[{"name": "公告", "cycle": "每季度"}],
    )
    assert quiet is not None
    assert late is not None
    assert due is not None
    told = list(told_views([quiet] * WORKBOOKS_SHOWN + [late] * 2 + [due]))
    heads = [at for at, line in enumerate(told) if line.startswith("\n【")]
    assert len(heads) == WORKBOOKS_SHOWN
    assert ["逾期" in told[at + 1] for at in heads[:2]] == [True, True]
    assert "公告" in told[heads[2] + 1]
    assert told[-1].startswith("\n另有 3 份台账，其中 0 份有要办的")
    few = list(told_views([quiet, late]))
    assert "逾期" in few[-1]
    assert not [line for line in few if "另有" in line]
