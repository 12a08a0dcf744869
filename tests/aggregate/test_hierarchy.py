"""Levels of any depth: each one's sums, completeness and report, up to the top."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.aggregate.child_levels import ChildLevels
from pipeline.aggregate.completeness import completeness
from pipeline.aggregate.totals import add_up, added_facts
from pipeline.cli.main import main
from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.hierarchy import faults, levels
from pipeline.model.place import Place
from pipeline.model.roster_unit import RosterUnit
from pipeline.model.submission import Fact, Submission
from pipeline.model.unit_outcome import UnitOutcome
from tests.support.cities import EDITION, EDITIONS, FORM, city, run
from tests.support.districts import write_inputs

NEW_YEAR = datetime.date(2025, 1, 1)


def unit(name: str, parent: str = "", **more: object) -> RosterUnit:
    return RosterUnit(name=name, parent=parent, **more)  # type: ignore[arg-type]


# ----------------------------------------------------------------------------- what is a level


def test_a_roster_of_one_county_is_one_level():
    lines = (unit("甲镇"), unit("乙局", "示例区"))
    (level,) = levels("示例区", lines)
    assert (level.name, level.units, level.below, level.height) == ("示例区", lines, (), 0)


def test_counties_come_before_their_city_and_cities_before_their_province():
    lines = (
        unit("示例市"),
        unit("一区", "示例市"),
        unit("甲镇", "一区"),
        unit("市教育局", "示例市"),
        unit("二区", "示例市"),
        unit("甲镇", "二区"),
        unit("省教育厅"),
    )
    made = levels("示例省", lines)
    assert [(x.name, x.upper, x.below, x.height) for x in made] == [
        ("一区", "示例市", (), 0),
        ("二区", "示例市", (), 0),
        ("示例市", "示例省", ("一区", "二区"), 1),
        ("示例省", "", ("示例市",), 2),
    ]
    assert [[u.name for u in x.units] for x in made] == [
        ["甲镇"],
        ["甲镇"],
        ["市教育局"],
        ["省教育厅"],
    ]


def test_the_rosters_place_may_have_a_line_of_its_own():
    lines = (unit("示例市"), unit("一区", "示例市"), unit("甲镇", "一区"))
    top = levels("示例市", lines)[-1]
    assert (top.name, top.line, top.below, top.units) == ("示例市", lines[0], ("一区",), ())


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        ((unit("甲镇", "一县"), unit("一区"), unit("乙镇", "一区")), ["roster.no_parent"]),
        ((unit("甲镇", "乙镇"), unit("乙镇", "甲镇")), ["roster.circle"] * 2),
        ((unit("甲镇", "甲镇"),), ["roster.circle"]),
        (
            (unit("一区"), unit("镇", "一区"), unit("二区"), unit("镇", "二区"), unit("村", "镇")),
            ["roster.parent_unclear"],
        ),
        ((unit("一区"), unit("镇", "一区"), unit("镇", "一区")), ["roster.doubled"]),
        (
            (
                *(unit("甲市"), unit("鼓楼区", "甲市"), unit("一镇", "鼓楼区")),
                *(unit("乙市"), unit("区", "乙市", short=("鼓楼区",)), unit("二镇", "区")),
            ),
            ["roster.parent_unclear"],
        ),
        ((unit("示例市", "一区"), unit("一区")), ["roster.doubled"]),
    ],
)
def test_lines_that_make_no_tree_are_told(lines, rules):
    assert [fault.rule for fault in faults("示例市", lines)] == rules


# ----------------------------------------------------------------------------- sums of any tree

KEYS = tuple(figure.key for figure in EDITION.fields)
TREES = st.recursive(
    st.lists(st.tuples(st.integers(0, 9999), st.booleans()), max_size=4),
    lambda below: st.lists(below, min_size=1, max_size=3),
    max_leaves=12,
)


def flat(tree: Sequence) -> list[tuple[int, bool]]:
    return [x for node in tree for x in ([node] if isinstance(node, tuple) else flat(node))]


def sums(tree: Sequence, name: str, upper: str) -> CountyOutcome:
    """A level done as the run does it: those below first, then what they hand up."""
    below = [
        sums(node, f"{name}{i}", name) for i, node in enumerate(tree) if not isinstance(node, tuple)
    ]
    members = [
        Submission(
            source=f"{name}{i}.xlsx",
            sha256="",
            edition="2021",
            year=2024,
            identity={"unit": f"{name}单位{i}", "county": name},
            values=(node[0],) * len(KEYS),
            facts=(Fact(channel="网站", category="政策", count=node[0], place=Place("", "")),),
        )
        for i, node in enumerate(tree)
        if isinstance(node, tuple) and node[1]
    ]
    added = ChildLevels(level=name, counties=tuple(below)).added(None, EDITIONS)
    county = add_up(name, 2024, EDITION, members, "本级", added)
    found = completeness(
        name,
        [UnitOutcome(submission=m, problems=(), status="accepted") for m in members],
        added=county.reporting,
        reported=county.reported,
        prose=True,
        form=FORM,
        roster=None,
        today=NEW_YEAR,
        below=[one.completeness for one in below],
    )
    return CountyOutcome(
        county=name,
        year=2024,
        units=(),
        outputs=(f"{name}汇总表.xlsx",),
        edition="2021",
        figures=county.sums,
        facts=added_facts(county.members),
        completeness=found,
    )


@settings(max_examples=25, deadline=None)
@given(TREES)
def test_whatever_the_tree_a_level_is_the_sum_of_the_units_that_count(tree):
    counted = [value for value, counts in flat(tree) if counts]
    top = sums(tree, "省", "")
    assert set(top.figures.values()) <= {sum(counted)}
    assert sum(fact.count for fact in top.facts) == sum(counted)
    assert top.completeness.added == len(counted)
    assert len(top.completeness.unsigned) == len(counted)


@pytest.fixture(scope="module")
def complete(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    made = city(folder)
    write_inputs(folder / "input", made)
    return folder, made, *run(folder, "--final", "--today", "2025-02-01")


def test_each_level_is_the_exact_sum_of_its_counted_units(complete):
    _, made, code, counties, record = complete
    assert code == 0, [
        (u["unit"], p["message"])
        for u in record["units"]
        for p in u["problems"]
        if p["severity"] == "error"
    ]
    of = {"一区": made[2:4], "二县": made[4:6], "示例市": made[:6]}
    for name, units in of.items():
        expected = {key: sum(unit.figures[key] for unit in units) for key in KEYS}
        assert counties[name]["figures"] == expected
        assert counties[name]["completeness"]["added"] == len(units)
    assert counties["示例市"]["completeness"]["expected"] == 7
    assert counties["示例市"]["units"] == ["一区", "二县", "示例市人民政府", "示例市教育局"]


def test_the_citys_prose_cites_the_sums_of_all_levels(complete):
    folder, made, *_ = complete
    (path,) = (folder / "output" / "示例市2024年度").glob("*.docx")
    assert path.name == "示例市2024年度政府信息公开工作年度报告.docx"
    received = sum(unit.figures["requests.received.total"] for unit in made[:6])
    facts = sum(count for unit in made[:6] for *_, count in unit.facts)
    said = f"2024年，全市6个单位新收政府信息公开申请{received}件，公开信息{facts}条。"
    assert said in [paragraph.text for paragraph in Document(str(path)).paragraphs]


def test_the_reports_of_all_levels_hold_against_the_record(complete, capsys):
    folder, *_ = complete
    places = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    assert main(["verify", *places]) == 0
    assert "不一致或无法核对 0 份" in capsys.readouterr().out


def test_the_citys_summary_leads_to_those_of_its_counties(complete):
    folder, *_ = complete
    book = openpyxl.load_workbook(
        folder / "output" / "示例市2024年度" / "示例市2024年度汇总表.xlsx"
    )
    rows = [[c.value for c in row[:3]] for row in book["单位明细"].iter_rows(min_row=6)]
    assert ["一区", "", "一区2024年度/一区2024年度汇总表.xlsx"] in rows
    standing = {
        (row[0].value, row[3].value): row[2].value
        for row in book["报送情况"].iter_rows(min_row=5)
        if row[0].value
    }
    assert len(standing) == 7
    assert standing["城关镇", "一区"] == standing["城关镇", "二县"] == "通过"
    published = {row[0].value: row[2].value for row in book["公布情况"].iter_rows(min_row=5)}
    assert published["示例市教育局"] == "逾期未公布"
    assert published["一区人民政府"] == published["二县"] == "未公布"


@pytest.mark.slow
def test_what_one_county_lacks_makes_drafts_of_it_and_of_all_above(tmp_path):
    made = city(tmp_path)
    write_inputs(tmp_path / "input", made[:5] + made[6:])
    code, counties, _ = run(tmp_path, "--today", "2025-01-05")
    assert code == 0
    assert {name: county["draft"] for name, county in counties.items()} == {
        "一区": "",
        "二县": "草稿（未齐：城关镇）",
        "示例市": "草稿（未齐：二县城关镇）",
    }
    code, counties, _ = run(tmp_path, "--final")
    assert code == 1
    made_ = {n: any(o.endswith(".docx") for o in c["outputs"]) for n, c in counties.items()}
    assert made_ == {"一区": True, "二县": False, "示例市": False}


def test_a_county_of_which_nothing_came_is_missing_from_its_city(tmp_path):
    made = city(tmp_path)
    write_inputs(tmp_path / "input", made[:4])
    _, counties, _ = run(tmp_path, "--today", "2025-01-05")
    assert counties["二县"]["completeness"]["missing"] == 3
    assert [Path(name).suffix for name in counties["二县"]["outputs"]] == [".html", ".xlsx"]
    assert counties["示例市"]["draft"] == "草稿（未齐：二县人民政府、二县城关镇、二县税务局）"


@pytest.mark.slow
def test_several_processes_make_the_same(complete, tmp_path):
    folder, *_ = complete
    shutil.copytree(folder / "input", tmp_path / "input")
    code, _, _ = run(tmp_path, "--final", "--today", "2025-02-01", "--jobs", "2")
    assert code == 0
    made = [path for path in sorted((folder / "output").rglob("*")) if path.is_file()]
    assert len(made) > 15
    for path in made:
        other = tmp_path / "output" / path.relative_to(folder / "output")
        assert other.read_bytes() == path.read_bytes(), path.name


def test_a_county_nearly_of_the_rosters_name_is_proposed_and_not_taken(tmp_path):
    made = city(tmp_path)
    made[3].identity["county"] = "一 区"  # type: ignore[index]
    made[5].identity["county"] = "二区县"  # type: ignore[index]
    write_inputs(tmp_path / "input", made)
    _, _, record = run(tmp_path)
    told = {
        (u["unit"], p["rule"])
        for u in record["units"]
        for p in u["problems"]
        if "roster" in p["rule"]
    }
    assert told == {("城关镇", "roster.near_county")}
