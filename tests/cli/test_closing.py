"""A run's last words stay readable however much is wrong, and leave nothing out unsaid."""

from dataclasses import replace
from pathlib import Path

from pipeline.cli.capped import PROBLEMS_SHOWN, WORKBOOKS_SHOWN
from pipeline.cli.closing import COUNTIES_SHOWN, closing, told_checked
from pipeline.model.completeness import Completeness
from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.overview.units import Paths, link_to
from tests.support.outcomes import outcome

OUTPUT = Path("output")


def told(*units: UnitOutcome, counties: int = 1) -> list[str]:
    made = [
        CountyOutcome(county=f"示例{n}县", year=2024, units=(), outputs=()) for n in range(counties)
    ]
    return list(closing(units, made, OUTPUT, False))


def test_a_few_problems_are_all_told():
    lines = told(outcome("示例镇", errors=2, warnings=PROBLEMS_SHOWN - 2))
    assert sum("A" in line or "B" in line for line in lines) == PROBLEMS_SHOWN
    assert not [line for line in lines if "另有" in line]


def test_of_many_problems_the_errors_come_first_and_the_others_are_counted():
    lines = told(outcome("示例镇", errors=2, warnings=40))
    at = lines.index("【退回】示例镇（示例镇.xlsx）")
    assert [line.split("：")[0].split("　")[1] for line in lines[at + 1 : at + 3]] == ["B0", "B1"]
    assert f"  另有 {42 - PROBLEMS_SHOWN} 处，见 output/总览.html" in lines
    assert len(lines) < 20


def test_of_many_workbooks_those_to_be_mended_come_first_and_the_others_are_counted():
    fine = [outcome(f"示例{n}乡", warnings=3) for n in range(100)]
    wrong = [outcome(f"示例{n}镇", errors=1) for n in range(5)]
    lines = told(*fine, *wrong)
    heads = [line for line in lines if line.startswith("【")]
    assert [line[1:3] for line in heads] == ["退回"] * 5 + ["通过"] * (WORKBOOKS_SHOWN - 5)
    further = 105 - WORKBOOKS_SHOWN
    assert f"另有 {further} 个工作簿的 {3 * further} 处，见 output/总览.html" in lines
    assert "通过 100 个，退回 5 个，无法读取 0 个，共 105 个工作簿。" in lines


def test_a_name_without_end_is_cut_short():
    long = "甲" * 300
    county = CountyOutcome(
        county=long,
        year=2024,
        units=(),
        outputs=(),
        completeness=Completeness(level=long, listed=True, returned=(long,)),
    )
    lines = [*closing([outcome(long, errors=1)], [county], OUTPUT, True)]
    lines += told_checked([outcome(long, errors=1)])
    named = [line.replace(f"{long}.xlsx", "") for line in lines if "甲甲" in line]
    assert len(named) == 5
    assert all("甲" * 40 + "…" in line and "甲" * 41 not in line for line in named)


def test_of_many_counties_the_others_are_counted():
    lines = told(outcome("示例镇"), counties=COUNTIES_SHOWN + 3)
    assert sum("汇总 0 个单位" in line for line in lines) == COUNTIES_SHOWN
    assert "另有 3 个区县、年度，见 output/总览.html" in lines


def test_a_file_that_could_not_be_marked_is_not_called_so():
    marked = replace(outcome("甲镇", errors=1), outputs=("退回/甲镇.xlsx",))
    plain = replace(outcome("乙局", errors=1), outputs=("退回/乙局.xls", "退回/乙局.退回说明.xlsx"))
    lines = told(marked, plain)
    assert "  已标出：output/退回/甲镇.xlsx" in lines
    assert "  原样退回（不能加标记）：output/退回/乙局.xls" in lines
    assert "  问题和办法：output/退回/乙局.退回说明.xlsx" in lines
    paths = Paths(folder="", sources="")
    links = [link_to(name, paths, plain.outputs).what for name in plain.outputs]
    assert links == ["退回件（原文件）", "退回说明"]
