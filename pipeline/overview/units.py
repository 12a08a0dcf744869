"""The page's units: where each stands, what is wrong with its workbooks, and where its files are.

What needs somebody comes first: what went back, then who is missing, then who has passed.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote

from pipeline.aggregate.completeness import reminder
from pipeline.declare.messages import rule_name
from pipeline.model.completeness import ACCEPTED, OUTSIDE, RECEIVED, Standing
from pipeline.model.completeness import STATUSES as STANDINGS
from pipeline.model.edition import Edition
from pipeline.model.problem import SEVERITIES, Problem
from pipeline.model.settings import Settings
from pipeline.model.submission import Submission
from pipeline.model.unit_outcome import STATUSES, UnitOutcome
from pipeline.publish.copies import CLEANED, REMINDED, RETURNED, CopyKind, copy_kind
from pipeline.text.labels import normalise

PAGE = "总览.html"
"""A page's name: in the folder of a county's year, and above those folders that of the index."""

Tone = Literal["bad", "wait", "good"]
_TONES: Sequence[Tone] = ("bad", "wait", "good")


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A file: what it is, its name, and the address that leads to it from the page."""

    what: str
    name: str
    href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldProblem:
    """A problem as the page shows it: ``rule`` in words, ``place`` as sheet!cell, ``file`` the
    one it is in where the unit has several."""

    severity: str
    word: str
    rule: str
    place: str
    words: str
    fix: str
    found: str
    expected: str
    answer: str
    aside: tuple[tuple[str, str], ...]
    file: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitLine:
    """A unit, where it stands, its files, and its problems: those to act on, and the notices.

    ``level`` is the level below that it is of, empty for one directly of the page's own;
    ``reminder`` what to send a unit of the roster that has yet to pass.
    """

    key: str
    unit: str
    kind: str
    level: str
    status: str
    tone: Tone
    counted: bool
    unsigned: tuple[str, ...]
    due: str
    contact: str
    phone: str
    sources: tuple[Link, ...]
    files: tuple[Link, ...]
    problems: tuple[ToldProblem, ...]
    notices: tuple[ToldProblem, ...]
    reminder: str = ""

    def count(self, severity: str) -> int:
        """How many problems of a severity are still open."""
        told = (*self.problems, *self.notices)
        return sum(p.severity == severity and not p.answer for p in told)


SHARED = 3
"""A notice that so many units are given word for word is told once for all of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedNotice:
    """A notice without a place that several units are given alike."""

    notice: ToldProblem
    units: tuple[str, ...]


def shared_notices(
    lines: Sequence[UnitLine],
) -> tuple[tuple[SharedNotice, ...], tuple[UnitLine, ...]]:
    """The notices that many units share, and the lines of the units that have others, with
    those."""
    holders: dict[ToldProblem, list[str]] = {}
    for line in lines:
        for notice in line.notices:
            if not notice.place:
                holders.setdefault(notice, []).append(line.unit)
    shared = {notice: units for notice, units in holders.items() if len(units) >= SHARED}
    own = (
        replace(line, notices=tuple(n for n in line.notices if n not in shared)) for line in lines
    )
    return (
        tuple(SharedNotice(notice=n, units=tuple(units)) for n, units in shared.items()),
        tuple(line for line in own if line.notices),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Paths:
    """Where things are as seen from a page: its own folder below the output folder, and the way
    from there to the input folder (empty: there is none, as from one drive to another)."""

    folder: str
    sources: str

    def output(self, name: str) -> str:
        """The address of an output, given relative to the output folder."""
        return _address(posixpath.relpath(name, self.folder or "."))

    def member(self, member: Submission) -> str:
        """The address of what is added up: a unit's workbook, or the page of a level below."""
        if member.sha256:
            return self.source(member.source)
        return self.output(posixpath.join(posixpath.dirname(member.source), PAGE))

    def source(self, name: str) -> str:
        """The address of a workbook below the input folder; empty where none leads there."""
        return _address(f"{self.sources}/{name}") if self.sources else ""


def _address(path: str) -> str:
    """A relative path as an address; a name that is no text to the system stays what it is."""
    return quote(path, errors="surrogateescape")


def paths_from(folder: str, settings: Settings) -> Paths:
    """Where things are for a page in a folder below the output folder."""
    try:
        there = os.path.relpath(settings.input.absolute(), (settings.output / folder).absolute())
    except ValueError:  # Windows: no relative way from one drive to another
        there = ""
    return Paths(folder=folder, sources=there.replace(os.sep, "/"))


def unit_lines(
    outcomes: Sequence[UnitOutcome],
    standing: Sequence[Standing],
    level: str,
    year: int,
    edition: Edition | None,
    paths: Paths,
) -> tuple[UnitLine, ...]:
    """A line for each unit that should report and for each that did, what is wrong first.

    ``outcomes`` are the workbooks of units directly of ``level``; ``standing`` may also have
    units of the levels below.
    """
    rules = {rule.id: rule.name for rule in edition.rules} if edition is not None else {}
    lines = []
    by_unit: dict[str, list[UnitOutcome]] = {}
    for outcome in outcomes:
        by_unit.setdefault(normalise(outcome.submission.unit), []).append(outcome)
    for line in standing:
        own = line.level in ("", level)
        group = by_unit.pop(normalise(line.unit), []) if own else []
        told = _line(replace(line, level="" if own else line.level), group, rules, paths)
        report = edition.title.format(unit=line.unit, year=year) if edition is not None else ""
        asks = report and line.status != ACCEPTED
        lines.append(replace(told, reminder=reminder(line, report) if asks else ""))
    for rest in by_unit.values():
        groups = [rest] if rest[0].submission.unit else [[one] for one in rest]
        lines += [_line(_unlisted(group, bool(standing)), group, rules, paths) for group in groups]
    order = {tone: at for at, tone in enumerate(_TONES)}
    lines.sort(key=lambda line: (order[line.tone], -line.count("error"), -line.count("warning")))
    return tuple(replace(line, key=f"u{at}") for at, line in enumerate(lines))


def _unlisted(group: Sequence[UnitOutcome], listed: bool) -> Standing:
    """Where a unit stands that no line of the roster awaits: as its workbooks say, and, where
    there is a roster, never among those that it counts."""
    worst = next((one for one in group if one.status != "accepted"), group[0])
    outside = listed and worst.status != "accepted"
    return Standing(
        unit=worst.submission.unit,
        kind="",
        status=OUTSIDE if outside else STATUSES[worst.status],
        source="",
        contact="",
        phone="",
        due="",
    )


def _line(
    standing: Standing, group: Sequence[UnitOutcome], rules: Mapping[str, str], paths: Paths
) -> UnitLine:
    names = [outcome.submission.source for outcome in group]
    told = [
        _told(p, rules, source if len(names) > 1 and p.place else "")
        for outcome, source in zip(group, names, strict=True)
        for p in _by_gravity(outcome.problems)
    ]
    # What two files of one unit are told alike is told once.
    told = list(dict.fromkeys(told))
    return UnitLine(
        key="",
        unit=standing.unit or "（没有单位名称）",
        kind=standing.kind,
        level=standing.level,
        status=standing.status,
        tone=_tone(standing.status),
        counted=standing.counted,
        unsigned=standing.unsigned,
        due=standing.due,
        contact=standing.contact,
        phone=standing.phone,
        sources=tuple(Link(what="收到", name=name, href=paths.source(name)) for name in names),
        files=tuple(
            link_to(name, paths, outcome.outputs) for outcome in group for name in outcome.outputs
        ),
        problems=tuple(p for p in told if p.severity != "notice"),
        notices=tuple(p for p in told if p.severity == "notice"),
    )


def _tone(status: str) -> Tone:
    if status == ACCEPTED:
        return "good"
    return "wait" if status in STANDINGS and status not in RECEIVED else "bad"


def _by_gravity(problems: Sequence[Problem]) -> list[Problem]:
    """The gravest first, and what the unit has explained after what it hasn't."""
    order = list(SEVERITIES)
    return sorted(problems, key=lambda p: (bool(p.explanation), order.index(p.severity)))


def _told(found: Problem, rules: Mapping[str, str], file: str) -> ToldProblem:
    return ToldProblem(
        severity=found.severity,
        word=SEVERITIES[found.severity],
        rule=rule_name(found.rule, rules),
        place=found.place,
        words=found.words,
        fix=found.remedy,
        found=found.found,
        expected=found.expected,
        answer=found.explanation,
        aside=found.aside,
        file=file,
    )


_WHAT: Mapping[str, Mapping[CopyKind, str]] = {
    RETURNED: {"marked": "退回件（已标出错处）", "plain": "退回件（原文件）", "list": "退回说明"},
    REMINDED: {"marked": "提醒件（已标出警告）", "plain": "提醒件（原文件）", "list": "提醒说明"},
    CLEANED: {"marked": "通过件（标记已去掉）"},
}


_WRITTEN = {".docx": "年报（Word）", ".xlsx": "汇总表（Excel）"}
_PICTURED = {".docx": "图解（Word）", ".svg": "图解（SVG 图片）", ".png": "图解（PNG 图片）"}


def link_to(name: str, paths: Paths, beside: Collection[str] = ()) -> Link:
    """A link to an output: what it is, by the folder that it stands in and by its kind; ``beside``
    are the outputs of the same workbook."""
    folders, file = name.split("/")[:-1], posixpath.basename(name)
    stem, suffix = posixpath.splitext(file)
    kind = (_PICTURED if stem.endswith("图解") else _WRITTEN).get(suffix, "文件")
    copies = (_WHAT[folder] for folder in folders if folder in _WHAT)
    what = next((copy[copy_kind(name, beside)] for copy in copies), kind)
    return Link(what=what, name=file, href=paths.output(name))
