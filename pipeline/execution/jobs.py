"""The work of a run in pieces for an executor: workbooks to read, counties to do.

A piece carries the settings with it, packed once, so that it can go to another process or
machine; what a county's work doesn't need any more is let go on the way.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from isal import isal_zlib

from pipeline.aggregate.child_levels import NO_CHILD_LEVELS, ChildLevels
from pipeline.aggregate.roster_history import Years
from pipeline.county import render
from pipeline.execution.executors import streamed
from pipeline.intake.submissions import read_workbook
from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.edition import Edition
from pipeline.model.explanation import BoundExplanation
from pipeline.model.hierarchy import Level
from pipeline.model.roster import Roster
from pipeline.model.settings import Progress, Settings
from pipeline.model.submission import Submission
from pipeline.model.unit_outcome import UnitOutcome, kept_outcome
from pipeline.publish.provenance import cells_of
from pipeline.returns.handing_back import write_returned_copies
from pipeline.roster.matching import assign_to_roster, in_roster_order
from pipeline.text.names import county_key
from pipeline.validate.batch import Remembered, validate_batch
from pipeline.validate.ledger import with_ledgers

WINDOW, CLUSTER_WINDOW = 4, 256
"""Pieces of work under way, for each process or on a cluster."""

AT_ONCE = 32
"""So many workbooks are read in one go."""

JUDGED_AT_ONCE = 128
"""So many workbooks, or more of one county, are judged in one go."""


class SharedSettings:
    """Settings on their way to another process, packed once for all the jobs of a run."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._packed = b""

    def __reduce__(self) -> tuple[Callable[[bytes], SharedSettings], tuple[bytes]]:
        if not self._packed:
            plain = replace(self.settings, editions=dict(self.settings.editions))
            self._packed = pickle.dumps(plain)
        return _arrived, (self._packed,)


@lru_cache(maxsize=2)
def _arrived(packed: bytes) -> SharedSettings:
    return SharedSettings(pickle.loads(packed))


@dataclass(frozen=True)
class _Files:
    """Workbooks to be read in one go."""

    sent: SharedSettings
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class CountyPayload:
    """A county's workbooks of all years, packed.  ``beneath`` is what was made for the levels
    below, ``earlier`` who had to report in the years before the roster's."""

    workbooks: tuple[bytes, ...]
    before: Remembered
    beneath: ChildLevels = NO_CHILD_LEVELS
    earlier: Years = field(default_factory=dict)


@dataclass(frozen=True)
class CountyChunk:
    """Counties to be judged together and told of each for itself."""

    sent: SharedSettings
    counties: tuple[CountyPayload, ...]


def gather(
    files: Sequence[Path], sent: SharedSettings, pool: Executor, window: int, progress: Progress
) -> tuple[dict[str, list[bytes]], set[int]]:
    """Read every workbook, once; packed, by county, in the order of the files, and of what years
    they are."""
    pieces = (_Files(sent, tuple(files[at : at + AT_ONCE])) for at in range(0, len(files), AT_ONCE))
    found: dict[str, list[bytes]] = {}
    years: set[int] = set()
    done = 0
    for read in streamed(pool, _read, pieces, window):
        for county, year, packed in read:
            found.setdefault(county, []).append(packed)
            years.add(year)
        done += len(read)
        progress("读取", done, len(files))
    return found, years


def _read(files: _Files) -> list[tuple[str, int, bytes]]:
    settings = files.sent.settings
    read = []
    for path in files.paths:
        source = path.relative_to(settings.input).as_posix()
        submission = read_workbook(path, source, settings.editions, settings.form)
        submission = assign_to_roster(submission, settings.roster)
        packed = isal_zlib.compress(pickle.dumps(submission, pickle.HIGHEST_PROTOCOL), 1)
        read.append((county_key(submission.county), submission.year, packed))
    return read


def roster_layers(roster: Roster | None) -> list[tuple[Level, ...]]:
    """The levels of a roster, those first that have none below them, then those above."""
    found: dict[int, tuple[Level, ...]] = {0: ()}
    for level in roster.levels if roster is not None else ():
        found[level.height] = (*found.get(level.height, ()), level)
    return [found[height] for height in sorted(found)]


def chunk_counties(
    counties: Iterable[CountyPayload], sent: SharedSettings, share: int
) -> Iterator[CountyChunk]:
    """Counties in pieces of work that are worth it: checking many workbooks at once takes hardly
    longer than checking a few.

    ``share`` workbooks are enough for a piece where there are few for all the processes.  A
    level with others below it is judged by itself.
    """
    enough = min(JUDGED_AT_ONCE, share)
    waiting: list[CountyPayload] = []
    for county in counties:
        if county.beneath.counties:
            yield CountyChunk(sent, (county,))
            continue
        waiting.append(county)
        if sum(len(one.workbooks) for one in waiting) >= enough:
            yield CountyChunk(sent, tuple(waiting))
            waiting.clear()
    if waiting:
        yield CountyChunk(sent, tuple(waiting))


def county_payloads(
    packed: dict[str, list[bytes]],
    sent: SharedSettings,
    before: Remembered,
    layer: Sequence[Level],
    made: Sequence[CountyOutcome],
    listed: Mapping[str, Years],
) -> Iterator[CountyPayload]:
    """The workbooks of each level of a layer, with what was ``made`` for those below it; in the first
    layer also those of each place that the roster doesn't know.  ``listed`` are the units of
    earlier years' rosters.

    A county's workbooks are let go once they are sent.
    """
    answers: dict[str, dict[tuple[str, str, int], tuple[BoundExplanation, ...]]] = {}
    for key, said in before.items():
        answers.setdefault(county_key(key[0]), {})[key] = said
    roster = sent.settings.roster
    levels = {county_key(level.name): level for level in layer}
    known = {county_key(level.name) for level in roster.levels} if roster is not None else set()
    strange = [county for county in packed if county not in known]
    for county in sorted({*levels, *strange}):
        level = levels.get(county)
        beneath = NO_CHILD_LEVELS
        if level is not None:
            counties = tuple(
                sorted(
                    (one for one in made if one.county in level.below),
                    key=_position_in(level.below),
                )
            )
            beneath = ChildLevels(level=level.name, counties=counties)
        yield CountyPayload(
            workbooks=tuple(packed.pop(county, ())),
            before=answers.get(county, {}),
            beneath=beneath,
            earlier=listed.get(county, {}),
        )


def _position_in(names: Sequence[str]) -> Callable[[CountyOutcome], int]:
    """The place of an outcome's county among ``names``: the order in which the roster has them."""
    return lambda outcome: names.index(outcome.county)


def process_counties(job: CountyChunk) -> tuple[list[UnitOutcome], list[CountyOutcome]]:
    """Judge the workbooks of some counties, and write what is to be written of each."""
    settings = job.sent.settings
    unpacked = [
        with_ledgers(
            in_roster_order(
                _one_spelling(
                    [pickle.loads(isal_zlib.decompress(one)) for one in county.workbooks]
                ),
                settings.roster,
            )
        )
        for county in job.counties
    ]
    before = {key: told for county in job.counties for key, told in county.before.items()}
    beneath = job.counties[0].beneath if len(job.counties) == 1 else NO_CHILD_LEVELS
    reports = [report for reports, _ in unpacked for report in reports]
    listed = {
        county_key(own[0].county): county.earlier
        for county, (own, _) in zip(job.counties, unpacked, strict=True)
        if own
    }
    judged = iter(validate_batch(reports, settings, before, beneath, listed))
    units: list[UnitOutcome] = []
    counties: list[CountyOutcome] = []
    for county, (own, books) in zip(job.counties, unpacked, strict=True):
        outcomes = write_returned_copies(list(islice(judged, len(own))), settings)
        made = render(outcomes, settings, county.beneath, books, county.earlier)
        units += [_in_short(one, settings.editions) for one in made[0]]
        units += map(kept_outcome, books)
        counties += made[1]
    return units, counties


def _one_spelling(submissions: Sequence[Submission]) -> list[Submission]:
    """A county's workbooks, all with its name as most of them write it."""
    if len({s.county for s in submissions}) <= 1:
        return list(submissions)
    usual = Counter(s.county for s in submissions).most_common(1)[0][0]
    return [replace(s, identity={**s.identity, "county": usual}) for s in submissions]


def _in_short(outcome: UnitOutcome, editions: Mapping[str, Edition]) -> UnitOutcome:
    """An outcome without what only its own county needs: a country's must fit in memory."""
    short = replace(
        outcome.submission, passages=(), facts=(), places={}, explanations=(), ledger=None
    )
    edition = editions.get(outcome.submission.edition)
    cells = cells_of(outcome.submission, edition)
    return replace(outcome, submission=short, cells=cells)
