"""Several years of one county in the input folder: each is checked against the one before, also
where the national format changed between them."""

import json
import random
from dataclasses import replace

import openpyxl
import pytest

from pipeline.aggregate.years import restate_in_edition
from pipeline.cli.main import main
from pipeline.declare.workbook_form import workbook_form
from pipeline.model.edition import edition_for
from pipeline.model.roster import Roster
from pipeline.model.roster_unit import RosterUnit
from pipeline.model.submission import Submission
from pipeline.overview.trends import trend_listings
from pipeline.roster.matching import assign_to_roster
from pipeline.validate.checks import check
from tests.support.districts import EDITIONS, example, write_inputs
from tests.support.paths import TEMPLATES
from tests.support.summary_books import county, unit_names
from tests.support.summary_books import submission as made_up
from tests.support.trends import FOUR

FORM = workbook_form()
YEARS = (2019, 2020, 2021, 2022)
COLUMNS = ("natural_person", *(f"organisation.{k}" for k in ("business", "research")))


def figures(year: int, carried: dict[str, int]) -> dict[str, int]:
    """Figures of a year whose 上年结转 is ``carried`` by column, the balance kept."""
    edition = edition_for(year, EDITIONS)
    found = example(edition, "示例镇", "我镇", "示例区", year, year, 40).figures
    found = {key: 0 if key.startswith("requests.") else value for key, value in found.items()}
    for at, column in enumerate(COLUMNS):
        found[f"requests.results.granted.{column}"] = 40 + year % 7
        found[f"requests.carried_out.{column}"] = (year + at) % 5
        found[f"requests.carried_in.{column}"] = carried.get(column, 0)
        found[f"requests.received.{column}"] = (
            40 + year % 7 + (year + at) % 5 - carried.get(column, 0)
        )
    for field in sorted(edition.fields, key=lambda f: f.column[-1].total):
        if field.derived and field.table == "requests":
            found[field.key] = sum(found[part] for part in field.parts)
    return found


def carried_out(of: dict[str, int]) -> dict[str, int]:
    return {column: of[f"requests.carried_out.{column}"] for column in COLUMNS}


def chain() -> dict[int, dict[str, int]]:
    """Years that follow from each other."""
    found: dict[int, dict[str, int]] = {}
    for year in YEARS:
        before = found.get(year - 1)
        found[year] = figures(year, carried_out(before) if before else {})
    return found


def submission(year: int, of: dict[str, int], unit: str = "示例镇") -> Submission:
    edition = edition_for(year, EDITIONS)
    return Submission(
        source=f"{unit}{year}.xlsx",
        sha256=str(year),
        edition=edition.key,
        year=year,
        identity={"unit": unit, "county": "示例区", "level": "县级及以下"},
        values=tuple(of[key] for key in edition.by_key),
    )


def told(submissions: list[Submission], *rules: str) -> dict[int, list]:
    found = check(submissions, EDITIONS, FORM)
    return {
        s.year: [p for p in problems if p.rule in rules]
        for s, problems in zip(submissions, found, strict=True)
    }


def test_years_that_follow_from_each_other_carry_over_in_every_column():
    years = [submission(year, of) for year, of in chain().items()]
    random.Random(1).shuffle(years)
    assert told(years, "D1", "D1b") == {year.year: [] for year in years}


@pytest.mark.parametrize("year", YEARS[1:])
def test_a_break_is_told_in_its_year_and_its_column(year):
    found = chain()
    for column, more in (("natural_person", 1), ("organisation.business", -1)):
        for row, sign in (("carried_in", 1), ("received", -1)):
            found[year][f"requests.{row}.{column}"] += sign * more
    broken = told([submission(at, of) for at, of in found.items()], "D1", "D1b")
    assert {at for at, problems in broken.items() if problems} == {year}
    words = "".join(problem.message for problem in broken[year])
    assert "自然人" in words
    assert "商业企业" in words
    assert "科研机构" not in words


def test_a_break_of_the_total_names_the_columns_behind_it():
    found = chain()
    for column in ("natural_person", "total"):
        found[2021][f"requests.carried_in.{column}"] += 2
        found[2021][f"requests.received.{column}"] -= 2
    (problem,) = told([submission(at, of) for at, of in found.items()], "D1", "D1b")[2021]
    before = found[2020]["requests.carried_out.total"]
    assert problem.severity == "error"
    assert str(before) in problem.message
    assert str(before + 2) in problem.message


def test_a_unit_is_the_same_under_its_short_name_in_another_year():
    roster = Roster(
        county="示例区",
        year=2022,
        units=(RosterUnit(name="示例镇人民政府", short=("示例镇",)),),
    )
    names = {2019: "示例镇", 2020: "示例镇人民政府", 2021: "示例镇", 2022: "示例镇人民政府"}
    found = chain()
    found[2021]["requests.carried_in.natural_person"] += 1
    found[2021]["requests.received.natural_person"] -= 1
    years = [assign_to_roster(submission(at, of, names[at]), roster) for at, of in found.items()]
    assert {year.unit for year in years} == {"示例镇人民政府"}
    broken = told(years, "D1", "D1b")
    assert {at for at, problems in broken.items() if problems} == {2021}


# ------------------------------------------------------------------- the format that changed


def test_a_rule_across_years_is_not_judged_by_a_figure_that_counted_something_else():
    found = chain()
    for of in found.values():
        # 2020: 对外公开总数量; 2021: 现行有效件数, which has nothing to do with it.
        of["disclosure.normative.stock"] = 500
    found[2021] |= {
        "disclosure.normative.made": 3,
        "disclosure.normative.repealed": 1,
        "disclosure.normative.stock": 7,
    }
    found[2022] |= {
        "disclosure.normative.made": 2,
        "disclosure.normative.repealed": 0,
        "disclosure.normative.stock": 10,
    }
    years = [submission(at, of) for at, of in found.items()]
    broken = told(years, "C2")
    assert broken[2021] == []
    assert [problem.severity for problem in broken[2022]] == ["warning"]
    (why,) = told(years, "rule.not_assessable")[2021]
    assert "现行有效件数跨年" in why.message
    assert "没有对应的数字" in why.message
    found[2022]["disclosure.normative.stock"] = 9
    assert told([submission(at, of) for at, of in found.items()], "C2")[2022] == []


def test_last_years_figures_in_this_years_fields_are_only_those_that_count_alike():
    now, then = EDITIONS["2021"], EDITIONS["2019"]
    before = made_up(then, 2020, "示例镇", random.Random(1))
    known = dict(zip(then.by_key, before.values, strict=True))
    same = restate_in_edition(now, before, EDITIONS)
    values = dict(zip(now.by_key, same.values, strict=True))
    for row in ("received", "carried_in", "carried_out", "results.total", "results.granted"):
        for column in (*COLUMNS, "total"):
            key = f"requests.{row}.{column}"
            assert values[key] == known[key]
    assert values["disputes.review.total"] == known["disputes.review.total"]
    for key in (
        "disclosure.normative.stock",  # 对外公开总数量
        "disclosure.normative.repealed",  # new
        "disclosure.charges.amount",  # new
        "requests.results.other.other.natural_person",  # one row before
    ):
        assert values[key] is None


# ------------------------------------------------------------------------------ the whole job


@pytest.mark.slow
def test_three_years_of_a_county_go_into_one_run(tmp_path):
    units, before = [], {}
    for year in YEARS[:3]:
        edition = edition_for(year, EDITIONS)
        unit = example(edition, "示例镇", "我镇", "示例区", year, 3, 4)
        of = figures(year, before)
        before = carried_out(of)
        counted = {key: value for key, value in of.items() if key.startswith("requests.")}
        units.append(replace(unit, figures=unit.figures | counted))
    write_inputs(tmp_path / "input", units)
    arguments = ["--input", str(tmp_path / "input"), "--output", str(tmp_path / "output")]
    main(["run", *arguments, "--templates", str(TEMPLATES)])
    record = json.loads((tmp_path / "output" / "run.json").read_text("utf-8"))
    assert [(one["year"], one["status"]) for one in record["units"]] == [
        (year, "accepted") for year in YEARS[:3]
    ]
    folder = tmp_path / "output" / "示例区2021年度"
    book = openpyxl.load_workbook(folder / "示例区2021年度汇总表.xlsx", data_only=True)
    rows = list(book["趋势"].iter_rows(min_row=5, max_col=5, values_only=True))
    received = [row[1:4] for row in rows if row[0] == "本年新收申请"]
    totals = [unit.figures["requests.received.total"] for unit in units]
    assert received == [(f"{y}年", "件", v) for y, v in zip(YEARS, totals, strict=False)]
    assert "历年变化" in (folder / "总览.html").read_text("utf-8")
    assert "历年变化" not in (tmp_path / "output" / "示例区2020年度" / "总览.html").read_text(
        "utf-8"
    )


# ------------------------------------------------------------------------------- on the page


def test_the_page_lists_every_measure_by_year():
    (listing,) = trend_listings(FOUR.county, FOUR.earlier)
    assert listing.columns == ("项目", "计量单位", *(f"{year}年" for year in YEARS))
    rows = {row[0]: row[2:] for row in listing.rows}
    counties = (*FOUR.earlier, FOUR.county)
    assert rows["本年新收申请"] == tuple(str(c.sums["requests.received.total"]) for c in counties)
    assert [cell[0] == "（" for cell in rows["现行有效行政规范性文件"]] == [
        True,
        True,
        False,
        False,
    ]
    assert rows["行政事业性收费金额"][:2] == ("无对应项", "无对应项")
    assert rows["政府集中采购总金额"][2:] == ("无对应项", "无对应项")


def test_two_years_stand_beside_each_other_already():
    now = county(EDITIONS["2021"], 2022, unit_names(2))
    assert trend_listings(now, (county(EDITIONS["2021"], 2021, unit_names(2)),)) == ()
