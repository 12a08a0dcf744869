"""Auditing a published report, from any place: what is wrong with it, as data.

The arithmetic is the editions' own rules; what is audited besides is how the report keeps to
the national format: its sections and their numbers, the edition in force for its year, cells
left blank, prose that says nothing.  Checks are plain functions from a report to problems.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pipeline.audit.recorded import unit_name
from pipeline.declare.loading import Declaration
from pipeline.declare.messages import problem, without_too_many
from pipeline.declare.workbook_form import workbook_form
from pipeline.model.declared import Declared, check_names
from pipeline.model.edition import Edition, Field, Section, edition_for
from pipeline.model.problem import SEVERITIES, Problem
from pipeline.model.workbook_form import WorkbookForm
from pipeline.published.outline import ordinal
from pipeline.published.reports import PublishedReport, ordinal_of
from pipeline.text.figures import format_figure, truncate
from pipeline.text.labels import normalise
from pipeline.text.wording import quoted
from pipeline.validate.prose import remnants, repeated_prose, slips
from pipeline.validate.published import UNKNOWN_LEVEL, as_submission, broken_rules, doubts_of_prose

Verdict = Literal["right", "doubtful", "wrong", "unreadable"]
VERDICTS: Mapping[Verdict, str] = {
    "right": "相符",
    "doubtful": "有疑点",
    "wrong": "有错误",
    "unreadable": "无法读取",
}
"""What an audit comes to, as people read it, the best first."""

MOST_NAMES = 12
"""How many cells are named in one message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """A report and what is wrong with it, the gravest first.

    ``compared`` tells that last year's report was there to compare with.
    """

    report: PublishedReport
    problems: tuple[Problem, ...]
    compared: bool = False

    def count(self, severity: str) -> int:
        return sum(told.severity == severity for told in self.problems)

    @property
    def verdict(self) -> Verdict:
        """right (notices allowed), doubtful with warnings, wrong with errors, or unreadable."""
        if not self.report.readable:
            return "unreadable"
        if self.count("error"):
            return "wrong"
        return "doubtful" if self.count("warning") else "right"


class Looked(Declared, eq=False):
    """``audit.toml``: leftover phrases, what counts as nothing, and patterns of names by level and
    of those that speak for a whole area."""

    phrases: tuple[str, ...]
    least: int
    nothing: tuple[str, ...]
    wide: re.Pattern[str]
    levels: Mapping[str, re.Pattern[str]]

    def __post_init__(self) -> None:
        check_names("levels", self.levels, workbook_form().entry("level").choices)


DECLARATION: Declaration[Looked] = Declaration(Path(__file__).parent / "audit.toml", Looked)


@lru_cache(maxsize=1)
def _declared() -> Looked:
    return DECLARATION.load()


def level_of(name: str) -> str:
    """The level of government that a unit's name tells, else that it is unknown."""
    found = (level for level, pattern in _declared().levels.items() if pattern.search(name))
    return next(found, UNKNOWN_LEVEL)


def speaks_for_all(name: str) -> bool:
    """Whether a report of this name is a whole county's, or of a government above."""
    return bool(_declared().wide.search(name))


def audit_all(
    reports: Sequence[PublishedReport], editions: Mapping[str, Edition], form: WorkbookForm
) -> list[Audit]:
    """Audit reports together: each is compared with the same unit's of the year before."""
    by_year: dict[tuple[str, int], list[PublishedReport]] = defaultdict(list)
    for report in reports:
        if report.unit and report.year:
            by_year[unit_name(report.unit), report.year].append(report)
    audits = []
    for report in reports:
        before = by_year.get((unit_name(report.unit), report.year - 1), [])
        prior = before[0] if len(before) == 1 else None
        audits.append(audit(report, prior, editions, form))
    return _with_repeats(audits, editions)


def _with_repeats(audits: Sequence[Audit], editions: Mapping[str, Edition]) -> list[Audit]:
    """内容雷同: prose that repeats the unit's own last year's, or another's of the same year."""
    told: dict[int, list[Problem]] = defaultdict(list)
    units = [as_submission(a.report, _edition(a.report, editions)) for a in audits]
    readable = [at for at, one in enumerate(audits) if one.report.readable]
    for at, repeated in repeated_prose(units, readable, editions):
        told[at].append(repeated)
    return [replace(one, problems=(*one.problems, *told[at])) for at, one in enumerate(audits)]


def _edition(report: PublishedReport, editions: Mapping[str, Edition]) -> Edition:
    """The edition in force for a report's year; where that isn't known, the one it is laid out in."""
    due = edition_for(report.year, editions) or editions.get(report.edition)
    return due or list(editions.values())[-1]


def audit(
    report: PublishedReport,
    prior: PublishedReport | None,
    editions: Mapping[str, Edition],
    form: WorkbookForm,
) -> Audit:
    """Audit one report. ``prior`` is the same unit's report of the year before, or None."""
    if not report.readable:
        return Audit(report=report, problems=report.problems)
    edition = _edition(report, editions)
    found = [
        *report.problems,
        *_identity(report),
        *_layouts(report, editions),
        *_blanks(report, editions),
        *broken_rules(report, prior, editions, form, level_of(report.unit)),
        *_sections(report, edition),
        *_parts(report, edition),
        *_prose(report, edition),
        *doubts_of_prose(report, prior, editions, form, speaks_for_all(report.unit)),
        *remnants(as_submission(report, edition), edition),
        *slips(as_submission(report, edition)),
    ]
    order = list(SEVERITIES)
    found.sort(key=lambda told: order.index(told.severity))
    told = without_too_many(found, {rule.id: rule.name for rule in edition.rules})
    return Audit(report=report, problems=tuple(told), compared=prior is not None)


# ----------------------------------------------------------------------- which year, which form


def _identity(report: PublishedReport) -> Iterator[Problem]:
    lacking = [word for word, there in (("单位", report.unit), ("年度", report.year)) if not there]
    if lacking:
        yield problem("audit.untold", what="和".join(lacking))
    introduction = report.sections[0] if report.sections else None
    if report.year and introduction is not None and not introduction.heading:
        for text in introduction.paragraphs:
            years = {int(y) for y in re.findall(r"(20\d\d)年度", "".join(text.split()))}
            if years and report.year not in years:
                words = {"year": report.year, "text": truncate(text)}
                named = "、".join(map(str, sorted(years)))
                yield problem("audit.other_year", words, found=named)
                return


def _layouts(report: PublishedReport, editions: Mapping[str, Edition]) -> Iterator[Problem]:
    """Tables laid out as another year's edition has them: of most tables told once."""
    due = edition_for(report.year, editions) if report.year else None
    if due is None:
        return
    if report.edition and report.edition != due.key:
        other = editions[report.edition].name
        yield problem("audit.wrong_edition", year=report.year, found=other, expected=due.name)
        return
    for key, layout in report.layouts.items():
        if layout != due.key:
            table = ordinal_of(key, due)
            other = editions[layout].name
            yield problem(
                "audit.old_layout", table=table, year=report.year, found=other, expected=due.name
            )


# ---------------------------------------------------------------------------------- blank cells


def _blanks(report: PublishedReport, editions: Mapping[str, Edition]) -> Iterator[Problem]:
    for key, layout in report.layouts.items():
        edition = editions[layout]
        fields = [f for f in edition.table(key).fields if f.key in report.blanks]
        table = ordinal_of(key, edition)
        totals = {f.key: total for f in fields if (total := _sum(f, report)) not in (None, 0)}
        if totals:
            named = [
                f"{_line(f)}（应为 {format_figure(totals[f.key] or 0, f.kind)}）"
                for f in fields
                if f.key in totals
            ]
            yield _about_cells("audit.blank_total", table, named)
        rest = [f for f in fields if f.key not in totals]
        empty = [f for f in rest if not report.blanks[f.key]]
        if empty:
            named = _rows_blank(empty, edition.table(key).fields)
            yield _about_cells("audit.blank_cells", table, named, len(empty))
        for mark in dict.fromkeys(report.blanks[f.key] for f in rest if report.blanks[f.key]):
            marked = [f.name for f in rest if report.blanks[f.key] == mark]
            yield _about_cells("audit.placeholder", table, marked, mark=mark)


def _sum(figure: Field, report: PublishedReport) -> int | None:
    """What a blank total should be; None for a figure that is none, or of unknown parts."""
    if not figure.derived or any(part not in report.figures for part in figure.parts):
        return None
    if any(report.figures[p] is None and p not in report.blanks for p in figure.parts):
        return None
    return sum(report.figures[part] or 0 for part in figure.parts)


def _line(figure: Field) -> str:
    """A total by the row or column that it closes."""
    return figure.row[-1].name if figure.row else "·".join(n.name for n in figure.column[:-1])


def _rows_blank(empty: Sequence[Field], fields: Sequence[Field]) -> list[str]:
    """Blank cells by name; a row that is blank altogether once."""
    rows: dict[str, list[Field]] = defaultdict(list)
    for figure in empty:
        rows[_row(figure)].append(figure)
    named: list[str] = []
    for row, cells in rows.items():
        whole = sum(_row(figure) == row for figure in fields)
        if row and len(cells) == whole > 1:
            named.append(f"{cells[0].row[-1].name}（整行）")
        else:
            named += [figure.name for figure in cells]
    return named


def _row(figure: Field) -> str:
    return ".".join(node.key for node in figure.row)


def _about_cells(
    rule: str, table: str, names: Sequence[str], count: int = 0, mark: str = ""
) -> Problem:
    named = "、".join(names[:MOST_NAMES]) + ("等" if len(names) > MOST_NAMES else "")
    words = {"table": table, "count": count or len(names), "names": named, "mark": mark}
    return problem(rule, words)


# ----------------------------------------------------------------------- sections and their parts


def _numbered(edition: Edition) -> list[Section]:
    return [section for section in edition.sections if section.heading]


def _sections(report: PublishedReport, edition: Edition) -> Iterator[Problem]:
    numbered = _numbered(edition)
    found = [section for section in report.sections if section.heading]
    there = {one.key for one in found}
    missing = [quoted(section.heading) for section in numbered if section.key not in there]
    if missing:
        yield problem("audit.section_missing", headings="、".join(missing))
    order = [section.key for section in numbered if section.key in there]
    if [section.key for section in found] != order:
        told = " → ".join(section.heading for section in found)
        yield problem("audit.section_order", order=told)
    places = {section.key: place for place, section in enumerate(numbered, 1)}
    wrong = [
        f"{quoted(section.heading)}应为第{_DIGITS[places[section.key] - 1]}章"
        for section in found
        if section.number and section.number != places[section.key]
    ]
    if wrong:
        yield problem("audit.section_number", wrong="，".join(wrong))
    for one in found:
        official = numbered[places[one.key] - 1].heading
        if not normalise(ordinal(one.heading)[1]).startswith(normalise(official)):
            yield problem("audit.heading", found=one.heading, expected=official)


_DIGITS = "一二三四五六七八九十"


def _parts(report: PublishedReport, edition: Edition) -> Iterator[Problem]:
    for section in _numbered(edition):
        found = report.section(section.key)
        required = [part for part in section.parts if part.required and part.heading]
        if found is None or len(required) < 2:
            continue
        there = {part.part for part in found.parts}
        missing = [part.heading for part in required if part.key not in there]
        if missing:
            yield problem("audit.part_missing", section=section.heading, names="、".join(missing))
        odd = [
            f"{part.number}{part.heading}"
            for part in found.parts
            if part.number and not re.fullmatch(r"[（(].+[）)]", part.number)
        ]
        if odd:
            yield problem("audit.part_number", section=section.heading, names="、".join(odd))


def _prose(report: PublishedReport, edition: Edition) -> Iterator[Problem]:
    declared = _declared()
    for section in _numbered(edition):
        found = report.section(section.key)
        if found is None:
            continue
        text = "".join("".join(found.paragraphs).split())
        demanded = section.required or any(part.required for part in section.parts)
        if demanded and (text in declared.nothing or len(text) < declared.least):
            yield problem("audit.thin", section=section.heading, text=truncate(text) or "空白")
        for line in found.paragraphs:
            left = next((phrase for phrase in declared.phrases if phrase in line), None)
            if left is not None:
                yield problem("audit.leftover", section=section.heading, text=truncate(line))
                break


# ---------------------------------------------------------------------------------- side by side


def ranked(audits: Iterable[Audit]) -> list[Audit]:
    """From the best to the worst: by verdict, then errors, then warnings, then name."""
    order = list(VERDICTS)
    return sorted(
        audits,
        key=lambda a: (
            order.index(a.verdict),
            a.count("error"),
            a.count("warning"),
            a.report.unit,
            a.report.year,
            a.report.source,
        ),
    )
