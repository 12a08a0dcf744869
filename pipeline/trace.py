"""「这个数从哪来的」: an answer from a run's record (``run.json``), months later.

A figure of a county is told by unit, each with its file and cell; a unit's by its cells.  What
the run was made with, and whether the files are still those of then, is told first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.edition import Edition, Field
from pipeline.intake.labels import normalise
from pipeline.intake.reading import kept_text
from pipeline.wording import quoted

Entry = Mapping[str, Any]


def found_in(record: Mapping[str, Any], name: str, year: int | None) -> list[tuple[str, Entry]]:
    """The entries of a name, ("counties" or "units", entry), counties first; of one year, if one
    is asked for."""
    wanted = normalise(name)
    return [
        (group, entry)
        for group, key in (("counties", "county"), ("units", "unit"))
        for entry in record.get(group, ())
        if normalise(str(entry.get(key, ""))) == wanted and year in (None, entry.get("year"))
    ]


def traced(
    record: Mapping[str, Any],
    group: str,
    entry: Entry,
    editions: Mapping[str, Edition],
    wanted: str,
    input_folder: Path,
) -> Iterator[str]:
    """The answer for an entry, line by line: the figures whose name or key has ``wanted`` (all
    that aren't 0, where it is empty)."""
    name = entry["county"] if group == "counties" else entry["unit"]
    yield f"【{name} {entry['year']} 年度】"
    yield from _made_with(record, entry)
    edition = editions.get(str(entry.get("edition", "")))
    if edition is None:
        yield "  没有可用的格式声明，不能说明各数的名称。"
        return
    members = _members(record, entry) if group == "counties" else []
    if group == "units":
        yield f"  文件：{entry['source']}　{_state(entry, input_folder)}"
    figures = [f for f in edition.fields if _asked(f, wanted, entry)]
    if not figures:
        yield f"  没有名称里有{quoted(wanted)}的数字。" if wanted else "  各数都是 0。"
    sheets = {table.key: table.sheet for table in edition.tables}
    for figure in figures:
        value = f"{kept_text(entry['figures'][figure.key], figure.kind)} {figure.unit}"
        head = f"  {sheets[figure.table]}·{figure.name}：{value}"
        if group == "units":
            yield f"{head}　{_cell(record, entry, figure)}"
            continue
        yield head
        for source, member in members:
            yield from _share(record, source, member, figure)


def _members(record: Mapping[str, Any], county: Entry) -> list[tuple[str, Entry | None]]:
    """The entries behind a county's sums, each with its file, in the order of its list."""
    by_source = {unit["source"]: unit for unit in record.get("units", ())}
    below = {c["outputs"][-1]: c for c in record.get("counties", ()) if c.get("outputs")}
    return [(s, by_source.get(s) or below.get(s)) for s in county.get("sources", ())]


def _share(
    record: Mapping[str, Any], source: str, member: Entry | None, figure: Field
) -> Iterator[str]:
    if member is None:
        yield f"    {source}：记录中没有"
        return
    value = member["figures"].get(figure.key, 0)
    if value:
        name = member.get("unit") or member.get("county")
        at = _cell(record, member, figure)
        yield f"    {name} {kept_text(value, figure.kind)}　{source}{f' {at}' if at else ''}"


def _asked(figure: Field, wanted: str, entry: Entry) -> bool:
    value = entry["figures"].get(figure.key)
    if value is None:
        return False
    if not wanted:
        return bool(value)
    words = "".join(node.label for node in (*figure.row, *figure.column))
    return normalise(wanted) in normalise(words + figure.name) or wanted in figure.key


def _cell(record: Mapping[str, Any], unit: Entry, figure: Field) -> str:
    number = unit.get("layout")
    layouts: Sequence[Any] = record.get("layouts", ())
    if not isinstance(number, int) or number >= len(layouts):
        return ""
    cells = layouts[number]["cells"]
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


def _made_with(record: Mapping[str, Any], entry: Entry) -> Iterator[str]:
    program, edition = (
        record.get("program", {}),
        record.get("editions", {}).get(entry["edition"], {}),
    )
    yield (
        f"  程序 {program.get('version', '不明')}（{str(program.get('sha256', ''))[:12]}），"
        f"格式 {edition.get('name', entry['edition'])}（{str(edition.get('sha256', ''))[:12]}）"
    )
