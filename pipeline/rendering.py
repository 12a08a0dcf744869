"""Writing what a county's accepted workbooks make: the units' reports, its own, its summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.matching import matched
from pipeline.names import county_folder, safe_name
from pipeline.publish import publish
from pipeline.record import CountyOutcome, UnitOutcome
from pipeline.roster import Roster
from pipeline.settings import Settings
from pipeline.submission import Submission
from pipeline.years import by_year, in_terms_of, year_before

if TYPE_CHECKING:
    from pipeline.aggregate import County
    from pipeline.completeness import Standing
    from pipeline.word import CompiledTemplate

UNIT_TEMPLATE = "年报.docx"
COUNTY_TEMPLATE = "汇总年报.docx"
UNIT_REPORTS = "年报"


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
        earlier = _years_before(county, counties)
        publish(settings.output / summary, _summary(county, rendered, earlier, settings))
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


def _years_before(county: County, counties: Mapping[tuple[str, int], County]) -> tuple[County, ...]:
    """The same county in the years before, the oldest first."""
    years = sorted(year for name, year in counties if name == county.name and year < county.year)
    return tuple(counties[county.name, year] for year in years)


def _summary(
    county: County,
    units: Sequence[UnitOutcome],
    earlier: tuple[County, ...],
    settings: Settings,
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
            earlier=earlier,
            coverage=coverage,
        )
    )
