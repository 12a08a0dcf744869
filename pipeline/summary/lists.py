"""The summary workbook's lists: what is wrong, 长表, 说明."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.aggregate.comparison import NO_COUNTERPART
from pipeline.books.cells import OPEN_COPY, Value, cell_text, line_count, row_height, to_copy
from pipeline.books.fast_book import Varies
from pipeline.declare.messages import rule_name
from pipeline.intake.input_folder import NOTE_SUFFIX
from pipeline.model.problem import SEVERITIES
from pipeline.summary.book import DASH, LISTING_HEAD, Book, Column, leaf_name
from pipeline.summary.formulas import in_units
from pipeline.summary.listing import set_page, write_heading, write_listing

LONG_LIMIT = 20_000
"""长表 is left out beyond so many rows: 单位明细 has the same figures."""


_PROBLEM = (
    Column(header="单位", width=20),
    Column(header="程度", width=8, style="word"),
    Column(header="核对内容", width=16),
    Column(header="位置", width=17),
    Column(header="问题", width=40),
    Column(header="怎么办", width=28),
    Column(header="现为", width=11, style="word"),
    Column(header="应为", width=11, style="word"),
    Column(header="情况说明", width=24),
    Column(header="来源文件", width=24),
)
_PLACE, _SOURCE = ([c.header for c in _PROBLEM].index(h) for h in ("位置", "来源文件"))


def write_problems(book: Book, ws: Any) -> None:
    """Every problem of every file, the gravest first, to be filtered."""
    order = list(SEVERITIES)
    problems = sorted(
        book.content.problems,
        key=lambda line: (bool(line[2].explanation), order.index(line[2].severity)),
    )
    rules = {rule.id: rule.name for rule in book.edition.rules}
    rows: list[list[Value]] = []
    links: dict[tuple[int, int], tuple[str, str]] = {}
    for unit, source, found in problems:
        copy = book.content.copies.get(source, "")
        if to_copy(copy):
            links[len(rows), _SOURCE] = to_copy(copy), OPEN_COPY
        # A list beside a file that can't be marked hasn't the unit's sheets.
        if to_copy(copy) and found.place and not copy.endswith(NOTE_SUFFIX):
            at_cell = to_copy(copy, found.sheet, found.cell)
            links[len(rows), _PLACE] = at_cell, "打开标出错处的文件，到这一格"
        rows.append(
            [
                unit,
                SEVERITIES[found.severity],
                rule_name(found.rule, rules),
                found.place,
                found.words,
                found.remedy,
                found.found,
                found.expected,
                found.explanation,
                source,
            ]
        )
    severities = [found.severity for *_, found in book.content.problems]
    counts = {word: severities.count(key) for key, word in SEVERITIES.items()}
    said = "，".join(f"{word} {count} 个" for word, count in counts.items())
    explained = sum(bool(found.explanation) for *_, found in book.content.problems)
    said += f"；其中已有情况说明 {explained} 个" if explained else ""
    note = f"共 {len(rows)} 个：{said}。有错误的文件退回；警告和提示供核对，不影响汇总。"
    if links:
        note += "点“位置”，打开标出错处的文件，到那一格。"
    write_listing(
        book,
        ws,
        table="校验问题表",
        title=book.title + "校验问题",
        note=note,
        columns=_PROBLEM,
        rows=rows,
        links=links,
    )


LONG = (
    Column(header="单位", width=24),
    Column(header="表", width=12, style="word"),
    Column(header="项目", width=36),
    Column(header="栏目", width=26),
    Column(header="数值", width=16, style="figure"),
    Column(header="计量单位", width=10, style="word"),
)
"""The columns of 长表."""


def write_long(book: Book, ws: Any) -> None:
    """Every figure of every unit on a line of its own, for pivot tables."""
    formats = book.formats
    set_page(book, ws, landscape=False)
    note = f"与“{book.details.sheet}”相同的数字，一行一个，供数据透视用；更正请改单位的工作簿后重新汇总。"
    write_heading(book, ws, book.title + "长表", note, [column.width for column in LONG])
    for at, column in enumerate(LONG):
        ws.set_column(at, at, column.width)
    sheets = {table.key: table.sheet for table in book.edition.tables}
    text, word = formats("text", text_wrap=False), formats("word", text_wrap=False)
    lines = [
        (
            ws.line(
                [
                    (Varies.TEXT, text),
                    (sheets[figure.table], word),
                    (leaf_name(figure.row), text),
                    (leaf_name(figure.column), text),
                    (
                        Varies.NUMBER,
                        formats("figure", num_format=book.number_format(figure)),
                    ),
                    (figure.unit, word),
                ]
            ),
            figure.scale,
        )
        for figure in book.edition.fields
    ]
    figures = book.county.figures.to_numpy().tolist()
    rows = []
    for member, values in zip(book.county.members, figures, strict=True):
        unit = ws.text(cell_text(member.unit))
        rows += [
            (line, (unit, in_units(value, scale)))
            for (line, scale), value in zip(lines, values, strict=True)
        ]
    ws.write_lines(LISTING_HEAD + 1, rows)
    headers = [{"header": c.header, "header_format": formats("head")} for c in LONG]
    area = (LISTING_HEAD, 0, LISTING_HEAD + max(len(rows), 1), len(LONG) - 1)
    ws.add_tall_table(area, {"name": "长表数据", "columns": headers, "style": None})
    ws.freeze_panes(LISTING_HEAD + 1, 1)
    ws.repeat_rows(LISTING_HEAD)


def write_notes(book: Book, ws: Any) -> None:
    """What the figures cover, what they are counted in and how they came about."""
    formats = book.formats
    set_page(book, ws, landscape=False)
    widths = (18, 78)
    for at, width in enumerate(widths):
        ws.set_column(at, at, width)
    write_heading(book, ws, "说明", "本工作簿的数据范围、计量单位和编制依据。", widths)
    ws.write_string(LISTING_HEAD, 0, "事项", formats("head"))
    ws.write_string(LISTING_HEAD, 1, "内容", formats("head"))
    ws.set_row(LISTING_HEAD, 22)
    for row, (item, words) in enumerate(_told(book), start=LISTING_HEAD + 1):
        ws.set_row(row, row_height(line_count(words, widths[1])))
        ws.write_string(row, 0, item, formats("label"))
        ws.write_string(row, 1, cell_text(words), formats("text"))
    ws.freeze_panes(LISTING_HEAD + 1, 0)


def _told(book: Book) -> Iterator[tuple[str, str]]:
    edition, content, details = book.edition, book.content, book.details
    yield (
        "数据范围",
        (
            f"{book.county.name}{book.county.year}年度，{book.county.reporting} 个单位报送并通过校验"
            f"的工作簿。" + (content.coverage and f"{content.coverage}。")
        ),
    )
    yield "编制依据", edition.source
    yield "格式", edition.name
    units = "、".join(dict.fromkeys(figure.unit for figure in edition.fields))
    yield "计量单位", f"{units}。金额一律以万元为单位，精确到分（万元后 6 位小数），没有四舍五入。"
    written = [figure.name for figure in edition.fields if figure.kind == "money_text"]
    if written:
        yield (
            "金额换算",
            (
                f"“{'”、“'.join(written)}”在单位的表中连同单位填写（如 108万元、251000元），"
                f"本工作簿换算成万元；原来的写法在“{details.sheet}”紧接的一列。"
            ),
        )
    tables = "、".join(f"“{table.sheet}”" for table in edition.tables)
    yield (
        "汇总方法",
        (
            f"{tables}各数是“{details.sheet}”中相应一列的合计公式；点击数字可跳到这一列。"
            f"改动“{details.sheet}”，各表、总览和图随之变动；但正式更正应改单位的工作簿，重新汇总。"
        ),
    )
    if content.prior is not None:
        prior = content.prior
        yield (
            "与上年比较",
            (
                f"上年数字来自 {prior.year} 年度 {len(prior.members)} 个单位的工作簿（{prior.edition.name}）。"
                f"两年格式不同的，同名项目才比较；没有的写“{NO_COUNTERPART}”，名称不同的注明“口径不同”，不算增减。"
                "上年为 0 的不算百分比。"
            ),
        )
    yield "程度", "错误：文件退回改正；警告：请核对，属实可不改；提示：供参考。"
    if content.standing:
        yield (
            "状态",
            (
                "通过：已收到且没有错误；退回：已收到但有错误；未报：没有收到；"
                "逾期：过了截止日期；重复：同一单位有不止一个文件。"
            ),
        )
    yield "符号", f"“{DASH}”表示没有这一项或不适用；0 是填报的零，不是没有填。"
    yield "颜色", "颜色只为醒目，含义都另有文字。"
