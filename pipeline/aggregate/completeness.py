"""Completeness: where each unit that must report stands, for a level and year, and what follows.

A level (a county, or a city above it) is complete when every unit that must report has passed,
its own workbook (本级), whose prose its report tells, among them.  Until then its report is a
draft that says what it lacks.  Without a roster, those that have sent something must have passed.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence

from pipeline.declare.roster import roster_form
from pipeline.model.completeness import (
    ACCEPTED,
    OUTSIDE,
    STATUSES,
    UNREAD,
    Completeness,
    Publication,
    Standing,
)
from pipeline.model.hierarchy import names
from pipeline.model.roster import Roster
from pipeline.model.roster_unit import RosterUnit
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.model.workbook_form import WorkbookForm
from pipeline.roster.signing import unsigned
from pipeline.text.figures import truncate
from pipeline.text.labels import normalise
from pipeline.text.wording import list_some

# ------------------------------------------------------------------------------- how it is told

SHOWN_IN_NAME, SHOWN_IN_HEADER, SHOWN_IN_TEXT = 2, 5, 60
"""So many units are named where there is little room, in a header, and in a text."""

_NAME_LENGTH = 24


def draft(found: Completeness, most: int = SHOWN_IN_HEADER) -> str:
    """``草稿（未齐：示例镇）``; empty when complete. Beyond ``most`` names, how many there are."""
    lacking = found.lacking
    if not lacking:
        return ""
    return f"草稿（未齐：{list_some(list(map(truncate, lacking)), most)}）"


def file_mark(found: Completeness) -> str:
    """What a draft's file name begins with; empty when complete. It never gets long."""
    marked = draft(found, SHOWN_IN_NAME)
    if len(found.lacking) <= SHOWN_IN_NAME and len(marked) <= _NAME_LENGTH:
        return marked
    return f"草稿（未齐{len(found.lacking)}个）"


def coverage(found: Completeness) -> str:
    """What the figures cover, in a sentence: ``本表汇总 18 个单位，应报 20 个……``."""
    if not found.listed:
        return f"汇总 {found.added} 个单位（{describe_unlisted(found)}，按收到的工作簿）"
    apart = sum(line.status == ACCEPTED and not line.counted for line in found.lines)
    aside = f"（另有 {apart} 个已通过，按名册不计入汇总）" if apart else ""
    then = f"（名册已是 {found.moved_on} 年度的，应报单位按以前的名册）" if found.moved_on else ""
    return f"汇总 {found.added} 个单位，应报 {len(found.lines)} 个{aside}{then}"


def describe_unlisted(found: Completeness) -> str:
    """Why nobody knows who must report: there is no roster, or it is another place's or year's."""
    if found.moved_on:
        return f"名册已是 {found.moved_on} 年度的"
    if found.unknown_to:
        return f"{found.unknown_to}的名册中没有{truncate(found.level)}"
    return "没有名册"


def describe_uncertainty(found: Completeness) -> str:
    """That nobody can tell whether all is in, and why."""
    return f"{describe_unlisted(found)}，不能判断是否报齐"


def describe_missing(found: Completeness, most: int = SHOWN_IN_TEXT) -> str:
    """Who is lacking and why, by status: ``退回：示例一镇；未报：示例二镇、示例三局``."""
    groups: dict[str, list[str]] = {}
    for line in found.waiting:
        groups.setdefault(line.status, []).append(found._named(line))
    known = {name for names in groups.values() for name in names}
    further = [name for name in found.returned if name not in known]
    groups.setdefault(OUTSIDE if found.listed else "退回", []).extend(further)
    parts = []
    for status in (*STATUSES, OUTSIDE):
        names = groups.get(status, [])
        if names:
            parts.append(f"{status}：{list_some(list(map(truncate, names)), most)}")
    if not found.prose:
        parts.append(describe_missing_prose(found))
    return "；".join(parts)


def describe_missing_prose(found: Completeness) -> str:
    """That no workbook of the level's own has passed: none came, or it was returned."""
    return f"没有通过的{truncate(found.level)}本级工作簿，报告没有正文"


def draft_note(found: Completeness) -> str:
    """The first paragraph of a draft: what its figures cover, and who is lacking; empty when
    complete."""
    if found.complete:
        return ""
    return (
        f"【草稿】本报告各表{coverage(found)}。未齐——{describe_missing(found)}。报齐以前不得公布。"
    )


def describe_unsigned(found: Completeness) -> Iterator[str]:
    """Whose sign-off lacks what: ``示例镇：缺签发人、签发日期``."""
    for unit, labels in found.unsigned:
        yield f"{truncate(unit)}：缺{'、'.join(labels)}"


def describe_open_warnings(found: Completeness) -> Iterator[str]:
    """Whose warnings are open: ``示例镇：2 条警告没有改正，也没有情况说明``."""
    for unit, number in found.open_warnings:
        yield f"{truncate(unit)}：{number} 条警告没有改正，也没有情况说明"


_ASK = {
    "退回": "已退回，请按列明的问题改正后重新报送",
    "未报": "尚未收到，请尽快报送",
    "逾期": "已过截止日期，请立即报送",
    "重复": "收到不止一个文件，请确认以哪一个为准",
}


def reminder(line: Standing, report: str) -> str:
    """What to send a unit that has yet to pass; ``report`` is what its report is called."""
    asked = _ASK.get(line.status, f"目前为“{line.status}”，请与我们联系")
    due = f"（截止日期：{line.due}）" if line.due else ""
    return f"《{report}》{asked}{due}。"


# ----------------------------------------------------------------------------------- as it stands


def completeness(
    level: str,
    outcomes: Sequence[UnitOutcome],
    added: int,
    reported: int,
    prose: bool,
    form: WorkbookForm,
    roster: Roster | None,
    today: datetime.date,
    below: Sequence[Completeness] = (),
    unknown_to: str = "",
    earlier: Sequence[RosterUnit] = (),
    moved_on: int = 0,
) -> Completeness:
    """How complete a level's year is.

    ``outcomes`` are all the level's own workbooks of the year, under the roster's names;
    ``roster`` is None where none says who must report, ``unknown_to`` the place of one that
    doesn't have the level.  ``below`` are the levels below.  ``earlier`` are the units that had to
    report by an earlier roster, where it is now that of the year ``moved_on``.
    """
    here = roster.level(level) if roster is not None else None
    units = here.reporting if here is not None else earlier
    lines = standing(units, here.name if here is not None else level, outcomes, today, form)
    expected = {normalise(name) for line in lines for name in (line.unit, *line.short)}
    returned = [
        outcome.submission.unit or UNREAD
        for outcome in outcomes
        if outcome.status != "accepted" and normalise(outcome.submission.unit) not in expected
    ]
    lacking = [
        (outcome.submission.unit, unsigned(outcome.submission, form))
        for outcome in outcomes
        if outcome.status == "accepted"
    ]
    signing = roster is None or roster.settings.signed
    return Completeness(
        level=level,
        listed=roster is not None or bool(earlier) or any(one.listed for one in below),
        lines=(*lines, *(line for one in below for line in one.lines)),
        returned=(*returned, *(name for one in below for name in one.returned)),
        added=added,
        reported=reported,
        prose=prose,
        unsigned=(
            *((unit, labels) for unit, labels in lacking if labels),
            *(line for one in below for line in one.unsigned),
        ),
        signing=signing,
        open_warnings=(
            *_open_warnings(outcomes, () if signing else form.signing),
            *(line for one in below for line in one.open_warnings),
        ),
        published=(
            *(published(roster, level, today) if roster is not None else ()),
            *(line for one in below for line in one.published),
        ),
        unknown_to=unknown_to,
        moved_on=moved_on,
    )


def _open_warnings(
    outcomes: Sequence[UnitOutcome], unasked: Collection[str]
) -> Iterator[tuple[str, int]]:
    """How many warnings of each accepted workbook are neither gone nor explained; those about an
    entry (by key) that is ``unasked`` aside."""
    for outcome in outcomes:
        places = outcome.submission.places
        aside = {str(places[key]) for key in unasked if key in places}
        number = sum(
            p.severity == "warning" and not p.explanation and p.place not in aside
            for p in outcome.problems
        )
        if outcome.status == "accepted" and number:
            yield outcome.submission.unit, number


def standing(
    units: Sequence[RosterUnit],
    level: str,
    outcomes: Sequence[UnitOutcome],
    today: datetime.date,
    form: WorkbookForm,
) -> tuple[Standing, ...]:
    """A line for each of the ``units`` directly of a level, which must report.

    ``outcomes`` are the level's workbooks of the year, under any of the units' names.
    """
    found: dict[str, list[UnitOutcome]] = {}
    for outcome in outcomes:
        found.setdefault(normalise(outcome.submission.unit), []).append(outcome)
    return tuple(
        _standing(
            unit,
            [o for name in dict.fromkeys(map(normalise, names(unit))) for o in found.get(name, ())],
            level,
            today,
            form,
        )
        for unit in units
    )


def _standing(
    unit: RosterUnit,
    here: Sequence[UnitOutcome],
    level: str,
    today: datetime.date,
    form: WorkbookForm,
) -> Standing:
    status = _status(unit, here, today)
    return Standing(
        unit=unit.name,
        kind=unit.kind,
        status=status,
        source="、".join(outcome.submission.source for outcome in here),
        contact=unit.contact,
        phone=unit.phone,
        due=unit.deadline.isoformat() if unit.deadline else "",
        level=level,
        counted=unit.counted,
        unsigned=unsigned(here[0].submission, form) if status == ACCEPTED else (),
        short=unit.short,
    )


def _status(unit: RosterUnit, here: Sequence[UnitOutcome], today: datetime.date) -> str:
    if len(here) > 1:
        return "重复"
    if here:
        return ACCEPTED if here[0].status == "accepted" else "退回"
    return "逾期" if unit.deadline is not None and today > unit.deadline else "未报"


ON_TIME, TOO_LATE, NOT_YET, OVERDUE = "按期公布", "逾期公布", "未公布", "逾期未公布"
PUBLICATIONS = (ON_TIME, TOO_LATE, NOT_YET, OVERDUE)
"""The words for whether a report has been published in time, in the order they are counted."""


def published(roster: Roster, level: str, today: datetime.date) -> tuple[Publication, ...]:
    """A line for the report of a level that has a line, and of each unit directly of it."""
    here = roster.level(level)
    if here is None:
        return ()
    own = [(here.line, True)] if here.line is not None else []
    lines = (*own, *((unit, False) for unit in here.units if unit.due))
    return tuple(
        _publication(unit, here.name, publish_by(roster, unit, is_level), today)
        for unit, is_level in lines
    )


def publish_by(roster: Roster, unit: RosterUnit, is_level: bool = False) -> datetime.date | None:
    """The last day for a unit's report to be published; that of a level is a government's."""
    if is_level or unit.kind in roster_form().governments:
        return roster.settings.governments_publish_by
    return roster.settings.units_publish_by


def _publication(
    unit: RosterUnit, level: str, by: datetime.date | None, today: datetime.date
) -> Publication:
    return Publication(
        unit=unit.name,
        kind=unit.kind,
        level=level,
        by=by.isoformat() if by else "",
        on=unit.published_on.isoformat() if unit.published_on else "",
        at=unit.published_at,
        status=published_in_time(unit.published_on, by, today),
    )


def published_in_time(
    on: datetime.date | None, by: datetime.date | None, today: datetime.date
) -> str:
    """Whether a report was published by the last day for it, in words."""
    if on is not None:
        return ON_TIME if by is None or on <= by else TOO_LATE
    return OVERDUE if by is not None and today > by else NOT_YET
