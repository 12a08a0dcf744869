"""The main job, start to finish: gather → read → check → add up → render → publish → record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeline.answers import Answer, answered, remembered
from pipeline.edition import Edition
from pipeline.intake import read_workbook, workbook_files
from pipeline.names import county_folder, safe_name
from pipeline.publish import publish
from pipeline.record import CountyOutcome, UnitOutcome, last_record, run_record, status
from pipeline.submission import Submission
from pipeline.workbook import WorkbookForm
from pipeline.years import by_year, in_terms_of, year_before

if TYPE_CHECKING:
    from pipeline.aggregate import County

Progress = Callable[[str, int, int], None]
"""Told the stage, how many are done, and how many there are."""


class NothingToDo(Exception):
    """The input folder holds no workbook."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where a run reads and writes, and what it knows."""

    input: Path
    output: Path
    templates: Path
    editions: Mapping[str, Edition]
    form: WorkbookForm


def run(settings: Settings, progress: Progress) -> tuple[list[UnitOutcome], list[CountyOutcome]]:
    """Do the whole job on the input folder.

    Raises:
        NothingToDo: there is no workbook below the input folder.
        pipeline.publish.OutputError: an output could not be written.
    """
    submissions = gather(settings, progress)
    record = settings.output / RECORD
    units = judge(submissions, settings, remembered(last_record(record)))
    units, counties = render(units, settings, progress)
    publish(record, run_record(units, counties, settings.editions))
    return units, counties


def gather(settings: Settings, progress: Progress) -> list[Submission]:
    """Read every workbook below the input folder."""
    files = workbook_files(settings.input)
    if not files:
        raise NothingToDo
    found = []
    for done, path in enumerate(files, 1):
        source = path.relative_to(settings.input).as_posix()
        found.append(read_workbook(path, source, settings.editions, settings.form))
        progress("读取", done, len(files))
    return found


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
        submissions, check(submissions, settings.editions, settings.form), strict=True
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
    units: Sequence[UnitOutcome], settings: Settings, progress: Progress
) -> tuple[list[UnitOutcome], list[CountyOutcome]]:
    """Write each accepted unit's report, and each county's report and summary."""
    from pipeline.aggregate import add_up
    from pipeline.report import county_context, unit_context
    from pipeline.word import compile_template

    unit_template = compile_template(settings.templates / UNIT_TEMPLATE)
    county_template = compile_template(settings.templates / COUNTY_TEMPLATE)
    own_scope = settings.form.entry("scope").choices[1]
    counties = {
        (name, year): add_up(name, year, settings.editions[members[0].edition], members, own_scope)
        for (name, year), members in _counties(units)
    }
    units = _with_figures_cited(units, counties, settings)
    rendered = []
    for done, outcome in enumerate(units, 1):
        if outcome.status == "accepted":
            edition = settings.editions[outcome.submission.edition]
            content = unit_template.render(unit_context(outcome.submission, edition))
            name = _report_name(outcome.submission)
            publish(settings.output / name, content)
            rendered.append(replace(outcome, outputs=(name,)))
        else:
            rendered.append(outcome)
        progress("生成年报", done, len(units))
    made = []
    told = {outcome.submission.source: outcome.submission for outcome in units}
    for (name, year), county in counties.items():
        own = told[county.own.source] if county.own is not None else None
        folder = county_folder(name, year)
        report = f"{folder}/{safe_name(name)}{year}年度政府信息公开工作年度报告.docx"
        content = county_template.render(county_context(replace(county, own=own)))
        publish(settings.output / report, content)
        summary = f"{folder}/{safe_name(name)}{year}年度汇总表.xlsx"
        publish(settings.output / summary, _summary(county, rendered))
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
        if of_county(unit, form):
            county = counties[unit.county, unit.year]
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


RECORD = "run.json"
UNIT_TEMPLATE = "年报.docx"
COUNTY_TEMPLATE = "汇总年报.docx"
UNIT_REPORTS = "年报"


def _report_name(submission: Submission) -> str:
    """Where a unit's report goes: a county's year, a folder of its units."""
    file = f"{safe_name(submission.unit)}{submission.year}年度报告.docx"
    return f"{county_folder(submission.county, submission.year)}/{UNIT_REPORTS}/{file}"


def _counties(
    units: Sequence[UnitOutcome],
) -> Iterator[tuple[tuple[str, int], list[Submission]]]:
    """The accepted workbooks of each county and year, in the order they were read."""
    groups: dict[tuple[str, int], list[Submission]] = {}
    for outcome in units:
        if outcome.status == "accepted":
            submission = outcome.submission
            key = (submission.county, submission.year)
            groups.setdefault(key, []).append(submission)
    yield from groups.items()


def _summary(county: County, units: Sequence[UnitOutcome]) -> bytes:
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
    coverage = f"草稿（未齐：{'、'.join(returned)}）" if returned else ""
    return write_summary(
        SummaryContent(
            # Without a list of those that should report, nothing can be said of who is missing.
            county=county,
            standing=(),
            problems=problems,
            prior=None,
            coverage=coverage,
        )
    )
