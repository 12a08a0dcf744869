"""The levels that the lines of a roster make: a county's units, a city's counties, and so on.

A line that other lines name as their 上级 is a level; lines that name none are directly below
the roster's own place.  Every level has its own report and summary; what is added up for it are
its own direct units and the levels directly below it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.model.roster_unit import RosterUnit
from pipeline.text.labels import normalise

_NEAR = 0.6


@dataclass(frozen=True, kw_only=True)
class Level:
    """A level: its own line (None: the roster's place has none), its direct units, and the
    names of the levels directly below.  ``upper`` is empty at the top; ``height`` is 0 where
    no level is below."""

    name: str
    upper: str
    line: RosterUnit | None
    units: tuple[RosterUnit, ...]
    below: tuple[str, ...]
    height: int

    @property
    def reporting(self) -> tuple[RosterUnit, ...]:
        """The units directly of it that must report, its own line first if that must."""
        own = (self.line,) if self.line is not None else ()
        return tuple(line for line in (*own, *self.units) if line.due)

    @cached_property
    def known(self) -> Mapping[str, RosterUnit]:
        """The level's own line and its direct units, by each normalised name that only they
        go by."""
        lines = (*self.units, *((self.line,) if self.line is not None else ()))
        return {
            name: lines[found[0]]
            for name, found in _by_name(lines).items()
            if name and len(found) == 1
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with a line's place: its position, the rule, and the words of the message."""

    line: int
    rule: str
    name: str
    other: str = ""


def names(line: RosterUnit) -> tuple[str, ...]:
    return (line.name, *line.short)


def levels(place: str, lines: Sequence[RosterUnit]) -> tuple[Level, ...]:
    """The levels of a roster without faults, each after all that are below it; the top is last.

    ``place`` is the roster's own.
    """
    parents = _parents(place, lines)
    below: dict[int, list[int]] = {}
    for at, parent in enumerate(parents):
        if at != parent:
            below.setdefault(-1 if parent is None else parent, []).append(at)
    made: list[Level] = []
    own = _own_line(place, lines)

    def add(at: int, name: str, upper: str) -> int:
        """Add a level after those below it; gives its height."""
        children = below.get(at, [])
        inner = [child for child in children if child in below]
        height = 1 + max((add(c, lines[c].name, name) for c in inner), default=-1)
        made.append(
            Level(
                name=name,
                upper=upper,
                line=lines[at] if at >= 0 else (lines[own] if own is not None else None),
                units=tuple(lines[child] for child in children if child not in below),
                below=tuple(lines[child].name for child in inner),
                height=height,
            )
        )
        return height

    add(-1, place, "")
    return tuple(made)


def _own_line(place: str, lines: Sequence[RosterUnit]) -> int | None:
    """The line of the roster's own place, if it has one."""
    wanted = normalise(place)
    found = (i for i, line in enumerate(lines) if normalise(line.name) == wanted)
    return next((i for i in found if not lines[i].parent), None)


def _parents(place: str, lines: Sequence[RosterUnit]) -> list[int | None]:
    """The position of each line's 上级: None for the roster's place, its own for that place's line."""
    own = _own_line(place, lines)
    by_name = _by_name(lines)
    found: list[int | None] = []
    for at, line in enumerate(lines):
        wanted = normalise(line.parent)
        if at == own:
            found.append(at)
        elif not wanted or wanted == normalise(place):
            found.append(None)
        else:
            parent = by_name[wanted][0]
            found.append(None if parent == own else parent)
    return found


def _by_name(lines: Sequence[RosterUnit]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        for name in dict.fromkeys(map(normalise, names(line))):
            found.setdefault(name, []).append(at)
    return found


def faults(place: str, lines: Sequence[RosterUnit]) -> Iterator[Fault]:
    """What makes the lines no tree, or a name stand for two: never resolved by guessing."""
    unplaced = list(_unplaced(place, lines))
    yield from unplaced
    if unplaced:
        return
    parents = _parents(place, lines)
    circling = list(_circling(lines, parents))
    yield from circling
    if not circling:
        yield from _doubled(place, lines, parents)


def _unplaced(place: str, lines: Sequence[RosterUnit]) -> Iterator[Fault]:
    by_name = _by_name(lines)
    for at, line in enumerate(lines):
        wanted = normalise(line.parent)
        if not wanted or wanted == normalise(place):
            continue
        found = by_name.get(wanted, [])
        if not found:
            near = difflib.get_close_matches(wanted, [normalise(place), *by_name], 1, _NEAR)
            other = lines[by_name[near[0]][0]].name if near and near[0] in by_name else ""
            yield Fault(line=at, rule="roster.no_parent", name=line.parent, other=other)
        elif len(found) > 1:
            yield Fault(line=at, rule="roster.parent_unclear", name=line.parent)


def _circling(lines: Sequence[RosterUnit], parents: Sequence[int | None]) -> Iterator[Fault]:
    safe: set[int | None] = {None}
    safe |= {at for at, parent in enumerate(parents) if parent == at and not lines[at].parent}
    for start in range(len(lines)):
        way: list[int | None] = [start]
        while way[-1] not in safe:
            at = way[-1]
            parent = parents[at] if at is not None else None
            if parent in way:
                yield Fault(line=start, rule="roster.circle", name=lines[start].name)
                break
            way.append(parent)
        else:
            safe |= set(way)


def _doubled(
    place: str, lines: Sequence[RosterUnit], parents: Sequence[int | None]
) -> Iterator[Fault]:
    """A name that two units of a level go by, or two levels anywhere."""
    upper = {parent for at, parent in enumerate(parents) if parent != at}
    owners: dict[tuple[int | None, str], int] = {}
    of_levels: dict[str, int] = {}
    for at, line in enumerate(lines):
        own = parents[at] == at
        if at not in upper and not own and normalise(line.name) == normalise(place):
            yield Fault(line=at, rule="roster.doubled", name=line.name, other=place)
        for wanted, name in {normalise(name): name for name in names(line)}.items():
            other = owners.setdefault((None if own else parents[at], wanted), at)
            if other == at and (at in upper or own):
                other = of_levels.setdefault(wanted, at)
            if other != at:
                yield Fault(line=at, rule="roster.doubled", name=name, other=lines[other].name)
