"""「这个数从哪来的」: an answer from a run's record (``run.json``), months later.

A figure of a county is told by unit, each with its file and cell; a unit's by its cells.  What
the run was made with, and whether the files are still those of then, is told first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.model.edition import Edition, Field
from pipeline.publish.record import Entry, Record
from pipeline.text.figures import format_figure, truncate
from pipeline.text.labels import normalise
from pipeline.text.wording import quoted

Cells = Mapping[str, Mapping[str, str]]
"""A layout: cells by sheet and field key."""


@dataclass(frozen=True, kw_only=True)
class Traced:
    """What of a record an answer needs.

    ``counties`` and ``units`` are the entries of the name that was asked for, ``head`` is what the
    run was made with.  ``members`` are the entries behind the counties' sums by their file, of
    their figures only those asked for; ``layouts`` are those of units and members by number.
    """

    head: Entry
    counties: Sequence[Entry]
    units: Sequence[Entry]
    members: Mapping[str, Entry]
    layouts: Mapping[int, Cells]


def found_in(
    record: Record, name: str, year: int | None, editions: Mapping[str, Edition], wanted: str
) -> Traced:
    """What a record has of a name (of one year, if one is asked for) and, of what is behind it,
    of the figures whose name or key has ``wanted`` (all that aren't 0, where it is empty).

    Raises:
        pipeline.publish.record.NoRecord: the record is damaged.
    """
    counties = [
        entry
        for _, _, entry in record.entries("counties")
        if _is_named(entry, str(entry.get("county", "")), name, year)
    ]
    sources = {source for county in counties for source in county.get("sources", ())}
    keys = {figure.key for county in counties for figure in _figures(county, editions, wanted)}
    units: list[Entry] = []
    members: dict[str, Entry] = {}
    for group, _, entry in record.entries("units", "counties"):
        if group == "units" and _is_named(entry, str(entry.get("unit", "")), name, year):
            units.append(entry)
        source = _file(group, entry)
        if source in sources:
            members.setdefault(source, _with_figures(entry, keys))
    numbers = {entry.get("layout") for entry in (*units, *members.values())}
    return Traced(
        head=record.head(),
        counties=counties,
        units=units,
        members=members,
        layouts={
            number: entry["cells"]
            for number, (_, _, entry) in enumerate(record.entries("layouts"))
            if number in numbers
        },
    )


def _is_named(entry: Entry, own: str, name: str, year: int | None) -> bool:
    return normalise(own) == normalise(name) and year in (None, entry.get("year"))


def _file(group: str, entry: Entry) -> str:
    """What a county's sources call an entry: a workbook, or the summary of a level below."""
    if group == "units":
        return str(entry["source"])
    outputs = entry.get("outputs")
    return str(outputs[-1]) if outputs else ""


def _with_figures(entry: Entry, keys: Collection[str]) -> Entry:
    kept = {key: entry.get(key) for key in ("unit", "county", "layout")}
    return {**kept, "figures": {k: v for k, v in entry["figures"].items() if k in keys}}


def _figures(entry: Entry, editions: Mapping[str, Edition], wanted: str) -> list[Field]:
    edition = editions.get(str(entry.get("edition", "")))
    fields = edition.fields if edition is not None else ()
    return [figure for figure in fields if _wanted_figure(figure, wanted, entry)]


def _wanted_figure(figure: Field, wanted: str, entry: Entry) -> bool:
    value = entry["figures"].get(figure.key)
    if value is None:
        return False
    if not wanted:
        return bool(value)
    words = "".join(node.label for node in (*figure.row, *figure.column))
    return normalise(wanted) in normalise(words + figure.name) or wanted in figure.key


# ------------------------------------------------------------------------------ the answer


def traced(
    found: Traced, editions: Mapping[str, Edition], wanted: str, input_folder: Path
) -> Iterator[str]:
    """The answer, line by line; ``wanted`` is what :func:`found_in` was asked for."""
    for county in found.counties:
        yield f"【{truncate(county['county'])} {county['year']} 年度】"
        yield from _made_with(found.head, county)
        for figure, told in _told(county, editions, wanted):
            yield told
            if figure is not None:
                for source in county.get("sources", ()):
                    yield from _share(found, source, figure)
    for unit in found.units:
        yield f"【{truncate(unit['unit'])} {unit['year']} 年度】"
        yield from _made_with(found.head, unit)
        yield f"  文件：{unit['source']}　{_state(unit, input_folder)}"
        for figure, told in _told(unit, editions, wanted):
            yield told if figure is None else f"{told}　{_cell(found, unit, figure)}"


def _told(
    entry: Entry, editions: Mapping[str, Edition], wanted: str
) -> Iterator[tuple[Field | None, str]]:
    """The figures of an entry that were asked for, each with its line; one line without a figure
    where there is none."""
    edition = editions.get(str(entry.get("edition", "")))
    if edition is None:
        yield None, "  没有可用的格式声明，不能说明各数的名称。"
        return
    figures = _figures(entry, editions, wanted)
    if not figures:
        yield None, f"  没有名称里有{quoted(wanted)}的数字。" if wanted else "  各数都是 0。"
    sheets = {table.key: table.sheet for table in edition.tables}
    for figure in figures:
        value = f"{format_figure(entry['figures'][figure.key], figure.kind)} {figure.unit}"
        yield figure, f"  {sheets[figure.table]}·{figure.name}：{value}"


def _share(found: Traced, source: str, figure: Field) -> Iterator[str]:
    member = found.members.get(source)
    if member is None:
        yield f"    {source}：记录中没有"
        return
    value = member["figures"].get(figure.key, 0)
    if value:
        name = truncate(str(member.get("unit") or member.get("county")))
        at = _cell(found, member, figure)
        yield f"    {name} {format_figure(value, figure.kind)}　{source}{f' {at}' if at else ''}"


def _cell(found: Traced, entry: Entry, figure: Field) -> str:
    cells = found.layouts.get(entry.get("layout", -1), {})
    return next(
        (f"{sheet}!{own[figure.key]}" for sheet, own in cells.items() if figure.key in own), ""
    )


def _state(unit: Entry, input_folder: Path) -> str:
    """Whether a workbook is still the one that was read."""
    try:
        now = hashlib.sha256((input_folder / unit["source"]).read_bytes()).hexdigest()
    except OSError:
        return f"（现在找不到；当时的校验值 {unit['sha256'][:16]}…）"
    return "（与当时相同）" if now == unit["sha256"] else "（当时之后改动过）"


def _made_with(head: Entry, entry: Entry) -> Iterator[str]:
    program, edition = head.get("program", {}), head.get("editions", {}).get(entry["edition"], {})
    yield (
        f"  程序 {program.get('version', '不明')}（{str(program.get('sha256', ''))[:12]}），"
        f"格式 {edition.get('name', entry['edition'])}（{str(edition.get('sha256', ''))[:12]}）"
    )
