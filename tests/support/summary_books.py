"""Summary workbooks of made-up counties."""

import random
import tomllib

import pandas as pd

from pipeline.aggregate.totals import County
from pipeline.declare.editions import build_edition, load_editions
from pipeline.model.completeness import Standing
from pipeline.model.edition import Edition
from pipeline.model.problem import Problem
from pipeline.model.submission import Submission
from pipeline.summary.workbook import SummaryContent
from pipeline.text.figures import format_value

EDITIONS = load_editions()


MADE_UP = """
key = "示例版"
name = "示例版"
document = "示例〔2030〕1号"
source = "《示例通知》（示例〔2030〕1号）"
first_year = 2030
title = "{unit}{year}年度示例报告"

[sections.visits]
heading = "一、接待情况"
table = "visits"
[sections.money]
heading = "二、经费情况"
table = "money"

[tables.visits]
sheet = "接待"
stub = [20]
[tables.visits.blocks.all]
stub_heading = "来访事由"
[tables.visits.blocks.all.columns]
people = { label = "人次", width = 12, unit = "人次" }
[tables.visits.blocks.all.columns.groups]
label = "团体"
[tables.visits.blocks.all.columns.groups.children]
schools = { label = "[学校]#'1", width = 12, unit = "人次" }
other = { label = "其他", width = 12, unit = "人次" }
[tables.visits.blocks.all.columns.total]
label = "总计"
total = true
unit = "人次"
[tables.visits.blocks.all.rows]
asked = { label = "咨询" }
other = { label = "其他" }

[tables.money]
sheet = "说明"
stub = [20]
[tables.money.blocks.all.columns]
spent = { label = "支出（单位：万元）", kind = "money" }
change = { label = "比上年", kind = "signed" }
text = { label = "预算", kind = "money_text" }
[tables.money.blocks.all.rows]
print = { label = "印刷费" }

[measures.people]
label = "来访咨询"
table = "visits"
rows = "asked + other"
columns = "people + groups - groups.other"
[measures.spent]
label = "印刷费支出"
table = "money"
rows = "print"
columns = "spent"
[charts.spent]
kind = "units"
title = "各单位印刷费"
measures = ["spent"]
[charts.visitors]
kind = "parts"
title = "来访者构成"
table = "visits"
rows = "asked"
columns = ["people", "groups.?"]
[charts.years]
kind = "years"
title = "来访"
measures = ["people"]
"""


def made_up() -> Edition:
    """An edition that no code knows, with a sheet named as one of the summary's own."""
    return build_edition(tomllib.loads(MADE_UP))


def submission(
    edition: Edition, year: int, unit: str, rng: random.Random, county: str = "示例区"
) -> Submission:
    """A unit with figures of every kind, totals adding up."""
    figures: dict[str, int] = {}
    written: dict[str, str] = {}
    for field in edition.fields:
        if field.kind == "count":
            figures[field.key] = rng.choice((0, 0, rng.randrange(1, 30), rng.randrange(3000)))
        elif field.kind == "signed":
            figures[field.key] = rng.randrange(-9, 10)
        else:
            figures[field.key] = rng.choice((0, rng.randrange(1, 10**11), 100_000, 300_000))
            written[field.key] = format_value(figures[field.key], field.scale) + "万元"
    for _ in edition.fields[:3]:
        for field in edition.fields:
            if field.derived:
                figures[field.key] = sum(figures[part] for part in field.parts)
    return Submission(
        source=f"{unit}/{unit}_{year}.xlsx",
        sha256="0" * 64,
        edition=edition.key,
        year=year,
        identity={"unit": unit, "county": county},
        values=tuple(figures.values()),
        written=written,
    )


def county(edition: Edition, year: int, units: list[str], name: str = "示例区") -> County:
    rng = random.Random(f"{edition.key}{year}{len(units)}")
    members = tuple(submission(edition, year, unit, rng, name) for unit in units)
    figures = pd.DataFrame(
        [member.values for member in members],
        columns=[field.key for field in edition.fields],
        index=pd.Index(units, name="unit"),
        dtype="int64",
    )
    return County(
        name=name,
        year=year,
        edition=edition,
        members=members,
        figures=figures,
        total=figures.sum(),
        own=None,
        reporting=len(members),
        reported=len(members),
    )


def unit_names(count: int) -> list[str]:
    return [f"示例{'镇街局办'[i % 4]}{i + 1:03d}" for i in range(count)]


PROBLEMS = (
    Problem(rule="rule.not_assessable", severity="notice", message="“上年结转”无法核对。"),
    Problem(
        rule="A1",
        severity="error",
        message="依申请公开!J9：“（一）予以公开”一行六类申请人之和为 3，总计填的是 4。请改正。",
        sheet="依申请公开",
        cell="J9",
        cells=("J9", "D9"),
        found="3",
        expected="4",
        remedy="请改正。",
    ),
    Problem(
        rule="cell.blank",
        severity="warning",
        message="主动公开!B5：“规章·本年新制作数量”没有填写，按 0 计。没有的请填 0。",
        sheet="主动公开",
        cell="B5",
        remedy="没有的请填 0。",
    ),
)


def content(
    edition: Edition,
    year: int,
    count: int,
    *,
    earlier: tuple[Edition, ...] = (),
    waiting: tuple[str, ...] = ("退回", "未报", "逾期", "重复"),
) -> SummaryContent:
    units = unit_names(count)
    standing = [
        Standing(
            unit=unit,
            kind="乡镇",
            status="通过",
            source=f"{unit}.xlsx",
            contact="示例联系人",
            phone="0573-80000000",
            due=f"{year + 1}-01-20",
        )
        for unit in units
    ]
    standing += [
        Standing(
            unit=f"示例未齐单位{i}",
            kind="部门",
            status=status,
            source="退回.xlsx" if status == "退回" else "",
            contact="",
            phone="",
            due=f"{year + 1}-01-20",
        )
        for i, status in enumerate(waiting, start=1)
    ]
    missing = "、".join(s.unit for s in standing[count:])
    return SummaryContent(
        county=county(edition, year, units),
        standing=tuple(standing),
        problems=tuple(
            (f"示例未齐单位{1 + i % 2}", "退回.xlsx", p) for i, p in enumerate(PROBLEMS)
        ),
        earlier=tuple(
            county(edition, year - before, [*units[:-1], "示例撤并镇"])
            for before, edition in zip(range(len(earlier), 0, -1), earlier, strict=True)
        ),
        coverage=f"草稿（未齐：{missing}）" if missing else "",
    )


CASES = {
    "2019": lambda: content(EDITIONS["2019"], 2020, 9, earlier=(EDITIONS["2019"],)),
    "2021": lambda: content(EDITIONS["2021"], 2021, 5, earlier=(EDITIONS["2019"],) * 2, waiting=()),
    "made up": lambda: content(made_up(), 2031, 4, earlier=(made_up(),)),
    "one unit": lambda: content(EDITIONS["2021"], 2024, 1),
    "120 units": lambda: content(EDITIONS["2021"], 2024, 120, earlier=(EDITIONS["2021"],) * 4),
}
