"""Figures that break cross-footing rules in known ways."""

from collections.abc import Mapping

from pipeline.declare.workbook_form import workbook_form
from pipeline.model.edition import Edition
from pipeline.model.place import Place
from pipeline.model.problem import Problem
from pipeline.model.submission import Submission
from pipeline.validate.cross_footing import cross_footing
from tests.support.districts import EDITIONS
from tests.support.made_up_edition import COLUMNS, made_up_edition

DECLARATION = """
[sections.counted]
heading = "统计"
table = "counted"
[sections.other]
heading = "其他"
table = "other"

[tables.counted]
sheet = "统计"
stub = [10, 20]
[tables.counted.blocks.all]
stub_heading = "项目"
[tables.counted.blocks.all.rows]
received = { label = "收到" }
carried = { label = "上年结转" }
[tables.counted.blocks.all.rows.results]
label = "办理结果"
[tables.counted.blocks.all.rows.results.children]
granted = { label = "公开" }
refused = { label = "不公开" }
total = { label = "办结", total = true }
[tables.counted.blocks.all.rows.out]
label = "结转下年"

[tables.other]
sheet = "其他"
stub = [10]
[tables.other.blocks.all]
stub_heading = "项目"
[tables.other.blocks.all.columns]
pairs = { label = "对", width = 10 }
shoes = { label = "只", width = 10 }
boxes = { label = "盒", width = 10 }
wrapped = { label = "包", width = 10 }
cost = { label = "费用", width = 10, kind = "money" }
deals = { label = "成交", width = 10 }
paid = { label = "付款", width = 10, kind = "money" }
left = { label = "左", width = 10 }
right = { label = "右", width = 10 }
change = { label = "增减", width = 10, kind = "signed" }
gain = { label = "净增", width = 10, kind = "signed" }
[tables.other.blocks.all.rows.all]
label = "鞋"

[rules.A1]
name = "行合计"
table = "counted"
totals = "columns"
severity = "error"
statement = "{subject}一行"
[rules.A2]
name = "列合计"
table = "counted"
totals = "rows"
severity = "error"
statement = "{subject}一列"
[rules.A3]
name = "平衡"
table = "counted"
each = "column"
left = "received + carried"
relation = "="
right = "results.total + out"
severity = "error"
statement = "{subject}平衡"
message = "{subject}收 {left} 办 {right}。"
remedy = "请核对。"
[rules.A5]
name = "结转"
table = "counted"
each = "column"
left = "out"
relation = "<="
right = "received + carried"
severity = "error"
follows = ["A3"]
statement = "{subject}结转"
[rules.W]
name = "多数公开"
table = "counted"
each = "column"
left = "results.refused"
relation = "<="
right = "results.granted"
severity = "warning"
statement = "{subject}多数公开"
[rules.D1]
name = "跨年"
table = "counted"
each = "column"
only = "sum"
details = ["D1b"]
left = "carried"
relation = "="
right = "prior:out"
severity = "error"
statement = "{subject}跨年"
message = "{subject}填 {left}，上年 {right}。"
remedy = "请写情况说明。"
[rules.D1b]
name = "跨年（分类）"
table = "counted"
each = "column"
except = "sum"
left = "carried"
relation = "="
right = "prior:out"
severity = "warning"
short = "{subject}填 {left}上年 {right}"
statement = "{subject}跨年"

[rules.Y]
name = "增长"
table = "counted"
each = "column"
left = "received"
relation = "<="
right = "prior:received + prior:received"
severity = "warning"
statement = "{subject}增长"
[rules.V]
name = "上年结转过多"
table = "counted"
each = "column"
only = "town"
left = "prior:out"
relation = ">="
right = "carried - received"
severity = "warning"
statement = "{subject}上年结转过多"

[rules.P2]
name = "包装"
table = "other"
each = "row"
left = "wrapped - boxes"
relation = "="
right = "3"
severity = "error"
statement = "{subject}包装"
[rules.P1]
name = "成双"
table = "other"
each = "row"
left = "pairs + pairs"
relation = "="
right = "shoes"
severity = "error"
statement = "{subject}成双"
[rules.P3]
name = "装盒"
table = "other"
each = "row"
left = "pairs"
relation = "="
right = "boxes"
severity = "error"
statement = "{subject}装盒"
[rules.M]
name = "费用"
table = "other"
each = "row"
left = "cost"
relation = "<="
right = "2"
severity = "error"
statement = "{subject}费用"
message = "{subject}费用 {left} 万元，多于 {right} 万元。"
[rules.M2]
name = "费用与盒"
table = "other"
each = "row"
left = "cost"
relation = "<="
right = "5"
severity = "error"
statement = "{subject}费用再多"
[rules.Z]
name = "付款"
table = "other"
each = "row"
left = "deals"
relation = "zero_together"
right = "paid"
severity = "warning"
statement = "{subject}付款"
message = "{subject}成交 {left} 笔，付款 {right} 万元。"
[rules.S1]
name = "左右"
table = "other"
each = "row"
left = "left"
relation = "="
right = "right"
severity = "error"
statement = "{subject}左右"
[rules.S2]
name = "左右再核"
table = "other"
each = "row"
left = "left - right"
relation = "="
right = "0"
severity = "error"
statement = "{subject}左右再核"
[rules.S3]
name = "左右同加"
table = "other"
each = "row"
left = "left + deals"
relation = "="
right = "right + deals"
severity = "error"
statement = "{subject}左右同加"
[rules.S4]
name = "左右再加"
table = "other"
each = "row"
left = "left + deals"
relation = "="
right = "right + deals"
severity = "error"
statement = "{subject}左右再加"
[rules.K]
name = "增减与成交"
table = "other"
each = "row"
left = "change"
relation = "zero_together"
right = "deals"
severity = "error"
statement = "{subject}增减与成交"
[rules.G1]
name = "净增"
table = "other"
each = "row"
left = "change"
relation = "="
right = "gain"
severity = "error"
statement = "{subject}净增"
[rules.G2]
name = "净增再核"
table = "other"
each = "row"
left = "change - gain"
relation = "="
right = "0"
severity = "error"
statement = "{subject}净增再核"
[rules.G3]
name = "不增"
table = "other"
each = "row"
left = "change"
relation = "<="
right = "0"
severity = "error"
statement = "{subject}不增"
"""


EDITION = made_up_edition(DECLARATION, COLUMNS)


FORM = workbook_form()


PLACES = {
    figure.key: Place(EDITION.table(figure.table).sheet, f"C{at}")
    for at, figure in enumerate(EDITION.fields)
}


RIGHT = {
    "received": (3, 5, 8),
    "carried": (1, 0, 1),
    "results.granted": (2, 4, 6),
    "results.refused": (1, 1, 2),
    "results.total": (3, 5, 8),
    "out": (1, 0, 1),
}


OTHER = dict.fromkeys(("cost", "deals", "paid", "left", "right", "change", "gain"), 0)


def unit(
    year: int = 2031,
    other: Mapping[str, int] | None = None,
    **rows: tuple[int | None, int | None, int | None],
) -> Submission:
    """A unit whose figures add up, save for these rows (``__`` for a dot) and other figures."""
    table = RIGHT | {key.replace("__", "."): row for key, row in rows.items()}
    figures: dict[str, int | None] = {
        f"counted.{row}.{column}": value
        for row, values in table.items()
        for column, value in zip(("town", "village", "sum"), values, strict=True)
    }
    figures |= {f"other.all.{key}": value for key, value in (OTHER | dict(other or {})).items()}
    return Submission(
        source=f"{year}.xlsx",
        sha256=str(year),
        edition=EDITION.key,
        year=year,
        identity={"unit": "示例镇", "county": "示例区", "level": "县级及以下"},
        values=tuple(figures[key] for key in EDITION.by_key),
        places=PLACES,
    )


def cell(key: str) -> str:
    return PLACES[key].cell


def told(submission: Submission, *earlier: Submission) -> list[Problem]:
    """What a unit is told, but for what can't be judged."""
    return [p for p in everything(submission, *earlier) if p.rule != "rule.not_assessable"]


def everything(submission: Submission, *earlier: Submission) -> list[Problem]:
    editions: dict[str, Edition] = {**EDITIONS, EDITION.key: EDITION}
    everyone = [submission, *earlier]
    ((at, problems),) = cross_footing(everyone, [0], EDITION, editions, FORM)
    assert at == 0
    return problems


def summed(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(p.rule, p.subject) for p in problems]
