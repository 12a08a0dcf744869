"""The prose sheets of the standardized workbook, and the counted facts below the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.books.cells import area_text, reference
from pipeline.books.drawing import (
    HIGHEST,
    LINE,
    PROTECTION,
    SMALL_LINE,
    SMALLER,
    Sheet,
    band,
    lines_of,
    refusal,
    write_text,
)
from pipeline.books.theme import THEME
from pipeline.forms.context import FormContext, numbered
from pipeline.forms.fee import fee_table
from pipeline.forms.progress import PROSE, progress_formula, progress_text, signal
from pipeline.forms.tables import EXPECTED
from pipeline.model.edition import Part, Section
from pipeline.model.submission import Passage
from pipeline.text.figures import LARGEST
from pipeline.text.labels import address


@dataclass(frozen=True, slots=True)
class Progress:
    """How much that must be written is missing: a formula and its value."""

    formula: str
    missing: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """A row of a prose sheet: a section's band (``part`` None, ``label`` empty), a part, or a
    free row for a part that the unit adds."""

    section: Section
    label: str = ""
    part: Part | None = None
    heading: str = ""
    text: str = ""
    hint: str = ""


_PROSE_TOP = 4
_PROSE_WIDTHS = (17, 20, 78, 30, 8)
_ROOM, _ADDED_ROOM = 12, 4
"""So many lines of text a part has room for before it grows, and one that a unit adds."""


def prose_sheet(sheet: Sheet, name: str, issue: FormContext) -> Progress:
    style, prose = issue.styles, issue.form.prose
    sheet.set_tab_color(THEME.series[1])
    for column, width in enumerate(_PROSE_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, name, style("title"))
    sheet.write_string(2, 0, _how_to_write(issue), style("small", "muted"))
    for column, text in enumerate(
        (prose.part, prose.heading, prose.text, prose.hint, prose.length)
    ):
        sheet.write_string(_PROSE_TOP - 1, column, text, style("band", "box", "centre"))
    sections = [s for s in issue.edition.sections if s.sheet == name]
    lines = [line for section in sections for line in _prose_lines(section, issue)]
    for i, line in enumerate(lines):
        _prose_line(sheet, _PROSE_TOP + i, line, issue)
    progress = _prose_progress(name, lines, issue)
    sheet.write_formula(
        1,
        0,
        f"={progress.formula}",
        style("good_ink"),
        progress_text(progress.missing, PROSE),
    )
    signal(sheet, (1, 0), issue.styles)
    bottom = _PROSE_TOP + len(lines)
    if name == issue.edition.prose_sheets[0]:
        facts_end = _facts(sheet, bottom + 1, issue)
        sheet.set_h_pagebreaks([bottom + 1])
        # The names that prose may cite are there to be looked up, not to be signed.
        sheet.print_area(0, 0, facts_end, len(_PROSE_WIDTHS) - 1)
    if any(issue.edition.fee and s.key == issue.edition.fee.section for s in sections):
        fee_table(sheet, bottom + 1, len(_PROSE_WIDTHS), issue)
    sheet.set_landscape()
    sheet.freeze_panes(_PROSE_TOP, 0)
    sheet.repeat_rows(_PROSE_TOP - 1)
    sheet.protect("", PROTECTION)
    return progress


def _how_to_write(issue: FormContext) -> str:
    told = "每格可以写几段：按 Alt+Enter 另起一段。段首空格和标题的编号由系统自动加，不用打。"
    if issue.field_names:
        name, where = issue.form.facts.total, issue.edition.prose_sheets[0]
        told += f"写【{name}】，年报中就是实际的数字；能这样写的名称在“{where}”最下方。"
    return told


def _prose_lines(section: Section, issue: FormContext) -> Iterator[_Line]:
    own = [p for p in issue.prefill.passages if p.section == section.key]
    if section.heading:
        yield _Line(section=section, heading=numbered(issue.edition, section))
    keys = {part.key for part in section.parts}
    for part in section.parts:
        here = [p for p in own if p.part == part.key]
        heading = next((p.heading for p in here if p.heading), part.heading)
        text = "\n".join(line for p in here for line in p.paragraphs)
        yield _Line(
            section=section,
            label=part.label,
            part=part,
            heading=heading,
            text=text,
            hint=("必填。" if part.required else "") + part.hint,
        )
    added = [p for p in own if p.part not in keys]
    headed = any(part.heading for part in section.parts)
    for i in range(max(len(added), issue.form.prose.added_rows if headed else 0)):
        given: Passage | None = added[i] if i < len(added) else None
        yield _Line(
            section=section,
            label=issue.form.prose.added,
            heading=given.heading if given else "",
            text="\n".join(given.paragraphs) if given else "",
            hint="本章另有小项时用：写上标题和正文，排在本章最后。不用的留空。",
        )


def _prose_line(sheet: Sheet, row: int, line: _Line, issue: FormContext) -> None:
    style = issue.styles
    if not line.label:
        band(sheet, row, line.heading, len(_PROSE_WIDTHS), style)
        return
    sheet.write_string(
        row, 0, line.label, style("label", "box", "bold", "wrap", "top", "left", "indent")
    )
    free = line.part is None or line.heading
    heading = ("input",) if free else ("label",)
    write_text(sheet, row, 1, line.heading, style("box", "wrap", "top", "left", "indent", *heading))
    text = style("box", "wrap", "top", "left", "indent", "input")
    write_text(sheet, row, 2, line.text, text)
    # Without a height of its own the row grows with the text.
    room = _ROOM if line.part is not None else _ADDED_ROOM
    typed = lines_of(line.text, _PROSE_WIDTHS[2] - 2)
    hinted = lines_of(line.hint, _PROSE_WIDTHS[3] * SMALLER - 2) * SMALL_LINE
    sheet.set_growing_row(row, min(max(max(typed + 1, room) * LINE, hinted) + 6, HIGHEST))
    hinting = style("small", "quiet", "box", "wrap", "top", "left", "indent")
    sheet.write_string(row, 3, line.hint, hinting)
    written = address(row, 2)
    plain = f'SUBSTITUTE(SUBSTITUTE({written},CHAR(10),"")," ","")'
    length = len("".join(line.text.split()))
    sheet.write_formula(row, 4, f"=LEN({plain})", style("small", "quiet", "box", "centre"), length)


def _prose_progress(name: str, lines: Sequence[_Line], issue: FormContext) -> Progress:
    terms: list[str] = []
    missing = 0
    for i, line in enumerate(lines):
        if line.part is not None and line.part.required:
            terms.append(f'({reference(name, (_PROSE_TOP + i, 2))}="")')
            missing += not line.text
    for section in dict.fromkeys(line.section for line in lines):
        rows = [i for i, line in enumerate(lines) if line.section is section and line.label]
        if section.required and rows:
            area = (_PROSE_TOP + rows[0], 2, _PROSE_TOP + rows[-1], 2)
            terms.append(f"(COUNTA('{name}'!{area_text(area)})=0)")
            missing += not any(lines[i].text for i in rows)
    return Progress(progress_formula("+".join(terms) or "0", PROSE), missing)


def _facts(sheet: Sheet, top: int, issue: FormContext) -> int:
    """The counted facts of active disclosure, and below them the names that prose may cite;
    gives the last row of the facts."""
    style, facts = issue.styles, issue.form.facts
    band(sheet, top, facts.caption, len(_PROSE_WIDTHS), style)
    header = style("label", "box", "centre", "bold")
    for column, text in enumerate((facts.channel, facts.count, facts.category)):
        sheet.write_string(top + 1, column, text, header)
    first, rows = top + 2, max(facts.rows, len(issue.prefill.facts))
    given = [*issue.prefill.facts, *[("", "", None)] * (rows - len(issue.prefill.facts))]
    text, number = (
        style("box", "input", "wrap", "left", "indent"),
        style("box", "input", "right", "count"),
    )
    for i, (channel, category, count) in enumerate(given):
        sheet.set_growing_row(first + i, 18)
        write_text(sheet, first + i, 0, channel, text)
        if count is None:
            sheet.write_blank(first + i, 1, None, number)
        else:
            sheet.write_number(first + i, 1, count, number)
        write_text(sheet, first + i, 2, category, text)
    last = first + rows - 1
    sheet.data_validation(
        first,
        0,
        last,
        0,
        {
            "validate": "list",
            "source": list(facts.channels),
            "input_title": facts.channel,
            "input_message": "从下拉列表中选，也可以写别的渠道。一个渠道分几类的，每类一行。",
            "error_type": "information",
            "error_title": "不在常用渠道中",
            "error_message": "不在常用渠道中。确有这个渠道的，按“确定”保留。",
        },
    )
    sheet.data_validation(
        first,
        1,
        last,
        1,
        {
            "validate": "integer",
            "criteria": "between",
            "minimum": 0,
            "maximum": LARGEST["count"],
            "input_title": facts.count,
            "input_message": "本年度（1月1日至12月31日）主动公开的条数。",
            **refusal(EXPECTED["count"]),
        },
    )
    total = style("box", "right", "total", "count")
    cells = area_text((first, 1, last, 1))
    sheet.write_string(last + 1, 0, "合计", style("box", "total", "left", "indent"))
    told = sum(count for _, _, count in issue.prefill.facts)
    sheet.write_formula(last + 1, 1, f"=SUM({cells})", total, told)
    sheet.write_blank(last + 1, 2, None, total)
    _field_list(sheet, last + 3, issue)
    return last + 1


def _field_list(sheet: Sheet, top: int, issue: FormContext) -> None:
    """Below the facts, whose total ends what is read, the names that prose may cite."""
    style = issue.styles
    if not issue.field_names:
        return
    told = "正文里可用的【】：年报中换成实际的数字，数字改了不用再改正文"
    band(sheet, top, told, len(_PROSE_WIDTHS), style)
    name = style("small", "box", "left", "indent", "bold")
    meaning = style("small", "quiet", "box", "left", "indent")
    last = len(_PROSE_WIDTHS) - 1
    for row, (field, stands_for) in enumerate(issue.field_names, top + 1):
        sheet.set_row(row, _SMALL_ROW)
        sheet.merge_range(row, 0, row, 1, f"【{field}】", name)
        sheet.merge_range(row, 2, row, last, stands_for, meaning)


_SMALL_ROW = 13.0
