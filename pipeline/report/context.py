"""What a report says: the plain values that fill a Word template.

A context has the title, the introduction, the sections in order with their prose and tables,
and the signature.  It knows nothing of Word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pipeline.aggregate.totals import County
from pipeline.model.edition import Edition, FeeStatement, Field, Section
from pipeline.model.submission import Passage, Submission
from pipeline.prose.fees import (
    amounts_told,
    county_fees,
    county_rows,
    county_sentence,
    section_paragraphs,
    unit_sentence,
)
from pipeline.text.figures import format_value
from pipeline.text.titles import title_lines
from pipeline.text.typed_text import printable
from pipeline.word.table_layout import listed_table, printed_table

Printed = Callable[[Field], str]


def unit_context(submission: Submission, edition: Edition, draft: str = "") -> dict[str, Any]:
    """The context of one accepted unit's report. ``draft``: as for a county's."""
    values = dict(zip(edition.by_key, submission.values, strict=True))

    def text(figure: Field) -> str:
        if figure.key in submission.written or figure.kind == "money_text":
            return submission.written.get(figure.key, "0")
        return format_value(values[figure.key] or 0, figure.scale, figure.kind == "signed")

    context = _context(submission, submission.unit, submission.year, edition, text, draft)
    return _with_fee(context, edition.fee, unit_sentence(submission, edition.fee), [])


def county_context(
    county: County, draft: str = "", note: str = "", signed_by: str = ""
) -> dict[str, Any]:
    """The context of a county's report: its sums, with the prose of the county's own workbook,
    signed by the organ ``signed_by`` (empty: the county's name).

    ``draft`` stands in the header of every page, over the watermark 草稿, where it isn't empty;
    ``note`` is a draft's first paragraph.
    """

    def text(figure: Field) -> str:
        value = int(county.total[figure.key])
        amount = format_value(value, figure.scale, figure.kind == "signed")
        return f"{amount}万元" if figure.kind == "money_text" and value else amount

    context = _context(county.own, county.name, county.year, county.edition, text, draft, signed_by)
    context["引言"] = [*([note] if note else []), *context["引言"]]
    fees, statement = county_fees(county.members, county.edition.fee), county.edition.fee
    if fees is None or statement is None:
        return context
    own = county.own.passages if county.own is not None else ()
    stated = fees.amount in amounts_told(section_paragraphs(own, statement.section))
    sentence = "" if stated else county_sentence(county.name, fees, statement)
    return _with_fee(context, statement, sentence, county_rows(fees, statement))


def _with_fee(
    context: dict[str, Any],
    statement: FeeStatement | None,
    sentence: str,
    rows: Sequence[Sequence[str]],
) -> dict[str, Any]:
    """A context with the sentence on 信息处理费 at the end of its section, and the list below."""
    if statement is None or not (sentence or rows):
        return context
    for section in context["各章"]:
        if section["键"] == statement.section:
            if sentence:
                parts = [
                    part
                    for part in section["各部分"]
                    if part["标题"] or not says_nothing(part["各段"])
                ]
                section["各部分"] = [*parts, {"标题": "", "各段": [sentence]}]
            section["表"] = listed_table(statement.caption, rows) if rows else section["表"]
    return context


def says_nothing(paragraphs: Sequence[str]) -> bool:
    """Whether prose is only a 无, which gives way to a statement that must be made."""
    return "".join(paragraphs).strip(" 。．.　") in ("", "无")


def _context(
    own: Submission | None,
    name: str,
    year: int,
    edition: Edition,
    text: Printed,
    draft: str,
    signed_by: str = "",
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
            "单位": signed_by or name,
            "日期": _chinese_date(identity.get("signed_on", "")),
            "名称长": len(signed_by or name) > SIGNATURE_LINE,
        },
    }


SIGNATURE_LINE = 14
"""So many characters of a unit's name can be centred over a date that ends four from the right."""


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
        {"标题": printable(passage.heading), "各段": list(passage.paragraphs)}
        for passage in passages
        if passage.section == section.key
    ]
    if not parts and section.empty:
        parts = [{"标题": "", "各段": [section.empty]}]
    return {
        "键": section.key,
        "标题": section.heading,
        "各部分": parts,
        "表": printed_table(edition.table(section.table), text) if section.table else None,
    }
