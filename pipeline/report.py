"""What a report says: the plain values that fill a Word template.

A context has the title, the introduction, the sections in order with their prose and tables,
and the signature.  It knows nothing of Word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pipeline.aggregate import County
from pipeline.edition import Edition, Field, Section, printed
from pipeline.report_tables import printed_table
from pipeline.submission import Passage, Submission

Printed = Callable[[Field], str]


def unit_context(submission: Submission, edition: Edition, draft: str = "") -> dict[str, Any]:
    """The context of one accepted unit's report. ``draft``: as for a county's."""
    values = dict(zip(edition.by_key, submission.values, strict=True))

    def text(figure: Field) -> str:
        if figure.kind == "money_text":
            return submission.written.get(figure.key, "0")
        return printed(values[figure.key] or 0, figure.scale, figure.kind == "signed")

    return _context(submission, submission.unit, submission.year, edition, text, draft)


def county_context(county: County, draft: str = "", note: str = "") -> dict[str, Any]:
    """The context of a county's report: its sums, with the prose of the county's own workbook.

    ``draft`` stands in the header of every page, over the watermark 草稿, where it isn't empty;
    ``note`` is a draft's first paragraph.
    """

    def text(figure: Field) -> str:
        value = int(county.total[figure.key])
        amount = printed(value, figure.scale, figure.kind == "signed")
        return f"{amount}万元" if figure.kind == "money_text" and value else amount

    context = _context(county.own, county.name, county.year, county.edition, text, draft)
    return {**context, "引言": [*([note] if note else []), *context["引言"]]}


def _context(
    own: Submission | None,
    name: str,
    year: int,
    edition: Edition,
    text: Printed,
    draft: str,
) -> dict[str, Any]:
    identity = own.identity if own is not None else {}
    passages = own.passages if own is not None else ()
    sections = [_section(s, passages, edition, text) for s in edition.sections]
    title = identity.get("title") or edition.title.format(unit=name, year=year)
    return {
        "标题": title,
        "分行标题": title_lines(title, name),
        "草稿": draft,
        "单位": name,
        "年度": year,
        "依据": edition.document,
        "引言": [
            p for s in sections if not s["标题"] for part in s["各部分"] for p in part["各段"]
        ],
        "各章": [section for section in sections if section["标题"]],
        "落款": {
            "单位": name,
            "日期": _chinese_date(identity.get("signed_on", "")),
            "名称长": len(name) > SIGNATURE_LINE,
        },
    }


TITLE_LINE = 20
"""So many characters of 二号 fit in a line of the text area of GB/T 9704-2012."""


SIGNATURE_LINE = 14
"""So many characters of a unit's name can be centred over a date that ends four from the right."""


def title_lines(title: str, unit: str) -> str:
    """A title too long for one line, broken after the unit's name: no word is torn apart."""
    width = sum(0.5 if character.isascii() else 1 for character in title)
    rest = title.removeprefix(unit)
    return title if width < TITLE_LINE or rest in (title, "") else f"{unit}\n{rest}"


def _chinese_date(text: str) -> str:
    """``2021-01-05`` as it stands under a document: 2021年1月5日."""
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return text
    year, month, day = (int(part) for part in parts)
    return f"{year}年{month}月{day}日"


def _section(
    section: Section, passages: Sequence[Passage], edition: Edition, text: Printed
) -> dict[str, Any]:
    parts = [
        {"标题": passage.heading, "各段": list(passage.paragraphs)}
        for passage in passages
        if passage.section == section.key
    ]
    if not parts and section.empty:
        parts = [{"标题": "", "各段": [section.empty]}]
    return {
        "标题": section.heading,
        "各部分": parts,
        "表": printed_table(edition.table(section.table), text) if section.table else None,
    }
