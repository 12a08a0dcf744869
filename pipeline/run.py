"""The main job, start to finish: gather → read → check → add up → render → publish → record."""

from __future__ import annotations

import datetime
import pickle
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeline.answers import Answer, answered, remembered
from pipeline.edition import Edition, edition_for
from pipeline.executors import cores, executor, streamed
from pipeline.intake import NOTE_SUFFIX, REVIEW_FOLDER, read_content, read_workbook, workbook_files
from pipeline.labels import normalise
from pipeline.matching import matched, placed
from pipeline.names import county_folder, safe_name
from pipeline.publish import publish, set_aside
from pipeline.record import (
    CountyOutcome,
    UnitOutcome,
    last_record,
    made_before,
    run_record,
    status,
)
from pipeline.roster import Roster
from pipeline.submission import Submission
from pipeline.workbook import WorkbookForm
from pipeline.years import by_year, in_terms_of, year_before

if TYPE_CHECKING:
    from pipeline.aggregate import County
    from pipeline.completeness import Standing
    from pipeline.word import CompiledTemplate

Progress = Callable[[str, int, int], None]
"""Told the stage, how many are done, and how many there are."""


class NothingToDo(Exception):
    """The input folder holds no workbook."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where a run reads and writes, what it knows, and where it is done.

    ``unproofed`` are the proofreading checks that the office has switched off.  The job is done in
    ``roster`` is the list of units, if there is one; ``today`` tells who is late by it.
    ``jobs`` processes (0: as many as the work is worth), or the Dask cluster of ``scheduler``.
    """

    input: Path
    output: Path
    templates: Path
    editions: Mapping[str, Edition]
    form: WorkbookForm
    roster: Roster | None = None
    today: datetime.date = datetime.date.max
    jobs: int = 0
    scheduler: str = ""
    unproofed: frozenset[str] = frozenset()


def run(settings: Settings, progress: Progress) -> tuple[list[UnitOutcome], list[CountyOutcome]]:
    """Do the whole job on the input folder, county by county, wherever ``settings`` says.

    Raises:
        NothingToDo: there is no workbook below the input folder.
        pipeline.executors.SchedulerError: the cluster can't be used.
        pipeline.publish.OutputError: an output could not be written.
    """
    files = workbook_files(settings.input)
    if not files:
        raise NothingToDo
    record = settings.output / RECORD
    earlier = last_record(record)
    before = remembered(earlier)
    units: list[UnitOutcome] = []
    counties: list[CountyOutcome] = []
    processes = cores(settings.jobs, len(files))
    with executor(processes, settings.scheduler) as pool:
        window = WINDOW * processes if not settings.scheduler else CLUSTER_WINDOW
        sent = Sent(settings)
        jobs = _by_county(gather(files, sent, pool, window, progress), sent, before)
        for done in streamed(pool, _do_county, jobs, window):
            units += done[0]
            counties += done[1]
            progress("生成年报", len(units), len(files))
    units.sort(key=lambda outcome: outcome.submission.source)
    counties.sort(key=lambda outcome: (outcome.county, outcome.year))
    made = {name for unit in units for name in unit.outputs}
    made |= {name for county in counties for name in county.outputs}
    set_aside(settings.output, made_before(earlier) - made)
    publish(record, run_record(units, counties, settings.editions))
    return units, counties


class Sent:
    """Settings on their way to another process, packed once for all the jobs of a run."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._packed = b""

    def __reduce__(self) -> tuple[Callable[[bytes], Sent], tuple[bytes]]:
        if not self._packed:
            plain = replace(self.settings, editions=dict(self.settings.editions))
            self._packed = pickle.dumps(plain)
        return _arrived, (self._packed,)


@lru_cache(maxsize=2)
def _arrived(packed: bytes) -> Sent:
    return Sent(pickle.loads(packed))


@dataclass(frozen=True)
class _Files:
    """Workbooks to be read in one go."""

    sent: Sent
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class _CountyJob:
    """A county's workbooks of all years, packed, to be judged and told of in one go."""

    sent: Sent
    packed: tuple[bytes, ...]
    before: Mapping[tuple[str, str, int], tuple[Answer, ...]]


WINDOW, CLUSTER_WINDOW = 4, 256
"""Pieces of work under way, for each process or on a cluster."""

AT_ONCE = 32
"""So many workbooks are read in one go."""


def gather(
    files: Sequence[Path], sent: Sent, pool: Executor, window: int, progress: Progress
) -> dict[str, list[bytes]]:
    """Read every workbook, once; packed, by county, in the order of the files."""
    pieces = (_Files(sent, tuple(files[at : at + AT_ONCE])) for at in range(0, len(files), AT_ONCE))
    found: dict[str, list[bytes]] = {}
    done = 0
    for read in streamed(pool, _read, pieces, window):
        for county, packed in read:
            found.setdefault(county, []).append(packed)
        done += len(read)
        progress("读取", done, len(files))
    return found


def _read(files: _Files) -> list[tuple[str, bytes]]:
    settings = files.sent.settings
    read = []
    for path in files.paths:
        source = path.relative_to(settings.input).as_posix()
        submission = read_workbook(path, source, settings.editions, settings.form)
        submission = placed(submission, settings.roster)
        packed = zlib.compress(pickle.dumps(submission, pickle.HIGHEST_PROTOCOL), 1)
        read.append((normalise(submission.county), packed))
    return read


def _by_county(
    packed: dict[str, list[bytes]],
    sent: Sent,
    before: Mapping[tuple[str, str, int], tuple[Answer, ...]],
) -> Iterator[_CountyJob]:
    """A job for each county; a county's workbooks are let go once they are sent."""
    answers: dict[str, dict[tuple[str, str, int], tuple[Answer, ...]]] = {}
    for key, said in before.items():
        answers.setdefault(normalise(key[0]), {})[key] = said
    for county in sorted(packed):
        yield _CountyJob(sent, tuple(packed.pop(county)), answers.get(county, {}))


def _do_county(job: _CountyJob) -> tuple[list[UnitOutcome], list[CountyOutcome]]:
    settings = job.sent.settings
    submissions = [pickle.loads(zlib.decompress(one)) for one in job.packed]
    units, counties = render(judge(submissions, settings, job.before), settings)
    return [_in_short(outcome) for outcome in give_back(units, settings)], counties


def _in_short(outcome: UnitOutcome) -> UnitOutcome:
    """An outcome without what only its own county needs: a country's must fit in memory."""
    short = replace(outcome.submission, passages=(), facts=(), places={}, explanations=())
    return replace(outcome, submission=short)


def judge(
    submissions: Sequence[Submission],
    settings: Settings,
    before: Mapping[tuple[str, str, int], tuple[Answer, ...]] = MappingProxyType({}),
) -> list[UnitOutcome]:
    """Check all workbooks together, and set beside each problem what the unit says to it.

    ``before`` are the answers that the last run remembered; see :mod:`pipeline.answers`.
    """
    from pipeline.checks import check

    outcomes = []
    for s, found in zip(
        submissions,
        check(submissions, settings.editions, settings.form, settings.unproofed),
        strict=True,
    ):
        earlier = before.get((s.county, s.unit, s.year), ())
        edition = settings.editions.get(s.edition)
        problems, answers = answered(found, s.explanations, earlier, edition)
        outcomes.append(
            UnitOutcome(
                submission=s, problems=problems, status=status(s, problems), answers=answers
            )
        )
    return outcomes


def render(
    units: Sequence[UnitOutcome], settings: Settings
) -> tuple[list[UnitOutcome], list[CountyOutcome]]:
    """Write each accepted unit's report, and each county's report and summary."""
    from pipeline.aggregate import add_up
    from pipeline.report import county_context, unit_context

    unit_template = template(settings.templates / UNIT_TEMPLATE)
    county_template = template(settings.templates / COUNTY_TEMPLATE)
    own_scope = settings.form.entry("scope").choices[1]
    counties = {
        (name, year): add_up(name, year, settings.editions[members[0].edition], members, own_scope)
        for (name, year), members in _counties(units, settings.roster)
    }
    units = _with_figures_cited(units, counties, settings)
    rendered = []
    for outcome in units:
        if outcome.status == "accepted":
            edition = settings.editions[outcome.submission.edition]
            content = unit_template.render(unit_context(outcome.submission, edition))
            name = _report_name(outcome.submission)
            publish(settings.output / name, content)
            rendered.append(replace(outcome, outputs=(name,)))
        else:
            rendered.append(outcome)
    made = []
    told = {outcome.submission.source: outcome.submission for outcome in units}
    for (name, year), county in counties.items():
        own = told[county.own.source] if county.own is not None else None
        folder = county_folder(name, year)
        report = f"{folder}/{safe_name(name)}{year}年度政府信息公开工作年度报告.docx"
        content = county_template.render(county_context(replace(county, own=own)))
        publish(settings.output / report, content)
        summary = f"{folder}/{safe_name(name)}{year}年度汇总表.xlsx"
        prior = counties.get((name, year - 1))
        publish(settings.output / summary, _summary(county, rendered, prior, settings))
        made.append(
            CountyOutcome(
                county=name,
                year=year,
                units=tuple(member.unit for member in county.members),
                outputs=(report, summary),
                edition=county.edition.key,
                figures=county.sums,
            )
        )
    return rendered, made


def template(path: Path) -> CompiledTemplate:
    """A Word template, compiled once for as long as its file stays the same."""
    found = path.stat()
    return _compiled(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=64)
def _compiled(path: Path, _changed: int, _size: int) -> CompiledTemplate:
    from pipeline.word import compile_template

    return compile_template(path)


def give_back(units: Sequence[UnitOutcome], settings: Settings) -> list[UnitOutcome]:
    """Write the copies that go back to the units; see :mod:`pipeline.returns`."""
    from pipeline.returns import stems

    given = []
    for outcome, places in zip(units, stems(units), strict=True):
        names: tuple[str, ...] = ()
        for folder, stem in places.items():
            for suffix, content in _copies(outcome, folder, settings):
                publish(settings.output / f"{stem}{suffix}", content)
                names += (f"{stem}{suffix}",)
        given.append(replace(outcome, outputs=(*outcome.outputs, *names)))
    return given


def _copies(outcome: UnitOutcome, folder: str, settings: Settings) -> Iterator[tuple[str, bytes]]:
    """The files that a folder gets of a workbook, each with what its name ends in."""
    from pipeline.marks import cleaned, marked
    from pipeline.return_book import write_return_list
    from pipeline.returns import CLEANED, return_list

    path = settings.input / outcome.submission.source
    content = read_content(path)
    if folder == CLEANED:
        clean = cleaned(content, settings.form) if content is not None else None
        if clean is not None:
            yield WORKBOOK_SUFFIX, clean
        return
    told = return_list(outcome, settings.editions.get(outcome.submission.edition))
    copy = marked(content, told, settings.form) if content is not None else None
    if copy is not None:
        yield WORKBOOK_SUFFIX, copy
        return
    if content is not None:
        yield path.suffix, content
    yield NOTE_SUFFIX, write_return_list(told, settings.form, {}, beside=True)


def _with_figures_cited(
    units: Sequence[UnitOutcome],
    counties: Mapping[tuple[str, int], County],
    settings: Settings,
) -> list[UnitOutcome]:
    """The accepted workbooks' prose with the figures that it cites in 【】 filled in."""
    from pipeline.checks import of_county
    from pipeline.citing import cites, county_values, filled, unit_values

    earlier = by_year(outcome.submission for outcome in units)

    def told(unit: Submission) -> Submission:
        edition, form = settings.editions[unit.edition], settings.form
        prior = in_terms_of(edition, year_before(unit, earlier), settings.editions)
        values = unit_values(unit, prior, edition, form)
        county = counties.get((unit.county, unit.year))
        if county is not None and of_county(unit, form):
            before = counties.get((unit.county, unit.year - 1))
            values |= county_values(
                county.sums,
                before.sums if before else {},
                county.members,
                edition,
                form,
            )
        return filled(unit, values)

    return [
        replace(outcome, submission=told(outcome.submission))
        if outcome.status == "accepted" and cites(outcome.submission)
        else outcome
        for outcome in units
    ]


WORKBOOK_SUFFIX = ".xlsx"
RECORD = "run.json"
UNIT_TEMPLATE = "年报.docx"
COUNTY_TEMPLATE = "汇总年报.docx"
UNIT_REPORTS = "年报"


def _report_name(submission: Submission) -> str:
    """Where a unit's report goes: a county's year, a folder of its units."""
    file = f"{safe_name(submission.unit)}{submission.year}年度报告.docx"
    return f"{county_folder(submission.county, submission.year)}/{UNIT_REPORTS}/{file}"


def _counties(
    units: Sequence[UnitOutcome], roster: Roster | None
) -> Iterator[tuple[tuple[str, int], list[Submission]]]:
    """The accepted workbooks of each county and year that are added up, in the order read."""
    groups: dict[tuple[str, int], list[Submission]] = {}
    for outcome in units:
        if outcome.status == "accepted" and _counted(outcome.submission, roster):
            submission = outcome.submission
            key = (submission.county, submission.year)
            groups.setdefault(key, []).append(submission)
    yield from groups.items()


def _counted(submission: Submission, roster: Roster | None) -> bool:
    """Whether a unit's figures are added to the county's."""
    if roster is None or not roster.covers(submission.county, submission.year):
        return True
    unit = matched(roster, submission.unit)
    return unit is None or unit.counted


def _summary(
    county: County, units: Sequence[UnitOutcome], prior: County | None, settings: Settings
) -> bytes:
    from pipeline.completeness import ACCEPTED, standing
    from pipeline.summary import SummaryContent, write_summary

    here = [
        outcome
        for outcome in units
        if outcome.submission.county == county.name and outcome.submission.year == county.year
    ]
    problems = tuple(
        (outcome.submission.unit, outcome.submission.source, found)
        for outcome in here
        for found in outcome.problems
    )
    returned = [outcome.submission.unit for outcome in here if outcome.status != "accepted"]
    roster = settings.roster
    lines: tuple[Standing, ...] = ()
    if roster is not None and roster.covers(county.name, county.year):
        lines = standing(roster, here, settings.today)
        returned = [line.unit for line in lines if line.status != ACCEPTED]
    coverage = f"草稿（未齐：{'、'.join(returned)}）" if returned else ""
    return write_summary(
        SummaryContent(
            county=county,
            # Without a list of those that should report, nothing can be said of who is missing.
            standing=lines,
            problems=problems,
            prior=prior,
            coverage=coverage,
        )
    )


def issued(settings: Settings) -> dict[str, bytes]:
    """The workbooks of the roster's units, by path, and one archive of them all.

    Empty when no edition is in force for the roster's year.
    """
    from pipeline.citing import field_names
    from pipeline.forms import write_form
    from pipeline.issuing import archive, prefill

    roster = settings.roster
    edition = edition_for(roster.year, settings.editions) if roster is not None else None
    if roster is None or edition is None:
        return {}
    last_year = replace(roster, year=roster.year - 1)
    earlier = [
        placed(
            read_workbook(path, path.name, settings.editions, settings.form),
            last_year,
        )
        for path in workbook_files(settings.input)
    ]
    accepted = by_year(o.submission for o in judge(earlier, settings) if o.status == "accepted")
    named = field_names(edition, settings.form)
    published = _published_last_year(settings, roster)
    folder = county_folder(roster.county, roster.year)
    files: dict[str, bytes] = {}
    for unit in roster.units:
        key = (normalise(roster.county), normalise(unit.name), roster.year - 1)
        found = accepted.get(key)
        if found is None and len(published.get(unit.name, ())) == 1:
            found = published[unit.name][0]
        before = in_terms_of(edition, found, settings.editions)
        content = write_form(edition, settings.form, prefill(unit, roster, edition, before), named)
        files[f"{safe_name(unit.name)}{roster.year}年度填报工作簿.xlsx"] = content
    made = {f"{folder}/{name}": content for name, content in files.items()}
    return made | {f"{folder}填报工作簿.zip": archive(files)}


def _published_last_year(settings: Settings, roster: Roster) -> dict[str, list[Submission]]:
    """Last year's reports as they were published, lying in the input folder, by the roster's
    name of the unit they call themselves."""
    from pipeline.published import read_published, report_files
    from pipeline.published_rules import as_submission

    names = {normalise(n): unit.name for unit in roster.units for n in (unit.name, *unit.short)}
    found: dict[str, list[Submission]] = {}
    for path in report_files([settings.input]):
        if path.relative_to(settings.input).parts[0] == REVIEW_FOLDER:
            continue
        report = read_published(path, settings.editions)
        name = names.get(normalise(report.unit))
        if name and report.edition and report.year == roster.year - 1:
            edition = settings.editions[report.edition]
            found.setdefault(name, []).append(as_submission(report, edition, unit=name))
    return found
