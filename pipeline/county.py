"""Writing what a county's accepted workbooks make: the units' reports, its own, its summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeline.aggregate.child_levels import NO_CHILD_LEVELS, ChildLevels, ChildTotals
from pipeline.aggregate.roster_history import Years
from pipeline.aggregate.years import index_by_year, restate_in_edition, year_before
from pipeline.declare.roster import roster_form
from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.edition import Edition, edition_for
from pipeline.model.settings import Settings
from pipeline.model.submission import Submission
from pipeline.model.unit_outcome import Defect, UnitOutcome
from pipeline.overview.units import PAGE, paths_from
from pipeline.readback.prove import Proved, proof_of, publish_proved
from pipeline.roster.signature import signing_organ
from pipeline.text.names import Names, county_folder, safe_name
from pipeline.word.template_choice import kind_of, template_files
from pipeline.word.template_filling import fill_template

if TYPE_CHECKING:
    from pipeline.aggregate.totals import County
    from pipeline.ledger.view import LedgerView
    from pipeline.model.completeness import Completeness

UNIT_REPORTS = "年报"


def render(
    units: Sequence[UnitOutcome],
    settings: Settings,
    beneath: ChildLevels = NO_CHILD_LEVELS,
    books: Sequence[Submission] = (),
    listed: Years = MappingProxyType({}),
) -> tuple[list[UnitOutcome], list[CountyOutcome]]:
    """Write each accepted unit's report, and each county's report, summary and page.

    What goes back to the units has been written before: the page links to it.
    ``beneath`` says which level of the roster it is, and what was made for the levels below;
    ``books`` are the units' ledgers that are workbooks of their own, ``listed`` who had to report
    in the years before the roster's.
    """
    counties = _added_up(units, settings, beneath, listed)
    units = _with_figures_cited(units, counties, settings)
    names = Names()
    rendered = _with_reports(units, names, settings)
    if settings.infographic:
        rendered = _with_infographics(rendered, names, settings)
    told = {outcome.submission.source: outcome.submission for outcome in units}
    views = _ledgers(units, books, settings)
    made = []
    for county in counties.values():
        own = told[county.own.source] if county.own is not None else None
        earlier = _years_before(county, counties)
        kept = [view for view in views if (view.county, view.year) == (county.name, county.year)]
        county = replace(county, own=own)
        made.append(_county(county, rendered, earlier, kept, names, settings, beneath, listed))
    return rendered, made


def _ledgers(
    units: Sequence[UnitOutcome], books: Sequence[Submission], settings: Settings
) -> tuple[LedgerView, ...]:
    """How the units' ledgers stand today."""
    reports = [outcome.submission for outcome in units if outcome.submission.ledger is not None]
    if not reports and not books:
        return ()
    from pipeline.ledger.view import ledger_views
    from pipeline.model.working_days import library_calendar

    return ledger_views(reports, books, settings.today, settings.calendar or library_calendar())


def _with_reports(
    units: Sequence[UnitOutcome], names: Names, settings: Settings
) -> list[UnitOutcome]:
    """The outcomes, those of accepted workbooks with their reports written."""
    named = {
        outcome.submission.source: names.free(*_report_name(outcome.submission))
        for outcome in units
        if outcome.status == "accepted"
    }
    files = {
        named[outcome.submission.source]: _report(outcome.submission, settings)
        for outcome in units
        if outcome.status == "accepted"
    }
    publish_proved(settings.output, files, settings.token)

    def reported(outcome: UnitOutcome) -> UnitOutcome:
        name = named.get(outcome.submission.source)
        if name is None:
            return outcome
        _, faults = files[name]
        if faults:
            return replace(outcome, defects=(Defect(name, faults),))
        return replace(outcome, outputs=(name, *outcome.outputs))

    return [reported(outcome) for outcome in units]


def _report(said: Submission, settings: Settings) -> Proved:
    """A unit's report."""
    from pipeline.prose.fees import sentence_passage, unit_sentence
    from pipeline.report.context import unit_context

    edition = settings.editions[said.edition]
    kind = kind_of(said.unit, said.county, settings.roster)
    path = template_files(settings.templates).for_unit(said.unit, kind)
    content = fill_template(path, unit_context(said, edition))
    fee = sentence_passage(unit_sentence(said, edition.fee), edition.fee)
    prose = (*said.passages, *fee)
    faults = proof_of(path).faults(content, edition, said.values, said.written, prose)
    return content, faults


def _with_infographics(
    units: Sequence[UnitOutcome], names: Names, settings: Settings
) -> list[UnitOutcome]:
    """The outcomes with a 图解 of each report that went out."""
    from pipeline.infographic.output import picture_unit, unit_years

    years = unit_years(units, settings)

    def pictured(outcome: UnitOutcome) -> UnitOutcome:
        if outcome.status != "accepted" or outcome.defects:
            return outcome
        made = picture_unit(outcome.submission, years, names, settings)
        return replace(outcome, outputs=(*outcome.outputs, *made))

    return [pictured(outcome) for outcome in units]


def _county(
    county: County,
    units: Sequence[UnitOutcome],
    earlier: tuple[County, ...],
    kept: Sequence[LedgerView],
    names: Names,
    settings: Settings,
    beneath: ChildLevels,
    listed: Years,
) -> CountyOutcome:
    """Write a county's report, if there is anything to tell and it may go out, its page and its
    summary, which is the last of its outputs."""
    from pipeline.aggregate.completeness import draft, file_mark
    from pipeline.aggregate.totals import added_facts
    from pipeline.prose.fees import added_fees
    from pipeline.readback.summary import summary_faults

    here = [
        outcome
        for outcome in units
        if (outcome.submission.county, outcome.submission.year) == (county.name, county.year)
    ]
    found = _completeness(county, here, settings, beneath, listed)
    folder = county_folder(county.name, county.year)
    stem = f"{safe_name(county.name)}{county.year}年度"
    files: dict[str, Proved] = {}
    marked = bool(county.members) and (not settings.final or found.final)
    if marked:
        report = f"{folder}/{file_mark(found)}{stem}政府信息公开工作年度报告"
        files[names.free(report, ".docx")] = _county_report(county, found, settings)
    summary = _summary(county, here, earlier, found)
    summary_name = names.free(f"{folder}/{stem}汇总表", ".xlsx")
    files[summary_name] = summary, summary_faults(summary, county, earlier)
    outputs = tuple(name for name, (_, faults) in files.items() if not faults)
    defects = tuple(Defect(name, faults) for name, (_, faults) in files.items() if faults)
    if marked and settings.infographic and not defects:
        from pipeline.infographic.output import picture_county

        pictures = picture_county(county, earlier, found, names, settings)
        outputs = (*outputs[:-1], *pictures, *outputs[-1:])
    page = names.free(f"{folder}/{PAGE.removesuffix('.html')}", ".html")
    files[page] = _page(county, here, earlier, found, outputs, kept, settings), ()
    publish_proved(settings.output, files, settings.token)
    return CountyOutcome(
        county=county.name,
        year=county.year,
        units=tuple(member.unit for member in county.members),
        outputs=(*outputs[:-1], page, *outputs[-1:]),
        defects=defects,
        edition=county.edition.key,
        figures=county.sums,
        facts=added_facts(county.members),
        sources=tuple(member.source for member in county.members),
        fee=added_fees(county.members, county.edition.fee),
        draft=draft(found) if marked else "",
        completeness=found,
    )


def _county_report(county: County, found: Completeness, settings: Settings) -> Proved:
    from pipeline.aggregate.completeness import draft, draft_note
    from pipeline.readback.fees import report_fees
    from pipeline.readback.totals import recompute_totals
    from pipeline.report.context import county_context

    signed_by = signing_organ(county.name, county.own, settings.roster, roster_form())
    context = county_context(county, draft(found), draft_note(found), signed_by)
    path = template_files(settings.templates).for_county(county.name)
    content = fill_template(path, context)
    prose = county.own.passages if county.own is not None else ()
    faults = proof_of(path).faults(
        content, county.edition, [*recompute_totals(county).values()], None, prose
    )
    return content, faults or tuple(report_fees(content, county))


def _completeness(
    county: County,
    here: Sequence[UnitOutcome],
    settings: Settings,
    beneath: ChildLevels,
    listed: Years,
) -> Completeness:
    from pipeline.aggregate.completeness import completeness

    roster = settings.roster
    covered = roster is not None and roster.covers(county.name, county.year)
    apart = roster is not None and not covered and roster.year == county.year
    return completeness(
        county.name,
        here,
        added=county.reporting,
        reported=county.reported,
        prose=county.own is not None,
        form=settings.form,
        roster=roster if covered else None,
        today=settings.today,
        below=[one.completeness for one in beneath.counties if one.year == county.year],
        unknown_to=roster.county if roster is not None and apart else "",
        earlier=listed.get(county.year, ()),
        moved_on=roster.year if roster is not None and county.year < roster.year else 0,
    )


def _added_up(
    units: Sequence[UnitOutcome], settings: Settings, beneath: ChildLevels, listed: Years
) -> dict[tuple[str, int], County]:
    """The sums of each county and year that workbooks came from, or that a roster is of."""
    from pipeline.aggregate.totals import add_up

    roster = settings.roster
    members: dict[tuple[str, int], list[Submission]] = {}
    apart: Counter[tuple[str, int]] = Counter()
    for outcome in units:
        key = (outcome.submission.county, outcome.submission.year)
        if outcome.status == "accepted" and outcome.counted:
            members.setdefault(key, []).append(outcome.submission)
        elif outcome.status == "accepted":
            apart[key] += 1
    below: dict[tuple[str, int], list[ChildTotals]] = {}
    for one in beneath.added(roster, settings.editions):
        below.setdefault((beneath.level, one.sums.year), []).append(one)
    # Where nothing has passed yet, what is wrong is all there is to tell.
    told = (o.submission for o in units if o.submission.county and o.submission.year)
    keys = dict.fromkeys((*members, *below, *((s.county, s.year) for s in told)))
    if beneath.level and roster is not None:
        keys |= {(beneath.level, year): None for year in (*listed, roster.year)}
    own_scope = settings.form.entry("scope").choices[1]
    counties = {}
    for key in keys:
        edition = edition_for(key[1], settings.editions)
        if edition is not None:
            counties[key] = add_up(
                *key, edition, members.get(key, ()), own_scope, below.get(key, ()), apart[key]
            )
    return counties


def _with_figures_cited(
    units: Sequence[UnitOutcome],
    counties: Mapping[tuple[str, int], County],
    settings: Settings,
) -> list[UnitOutcome]:
    """The accepted workbooks' prose with the figures that it cites in 【】 filled in."""
    from pipeline.prose.citing import county_values, fill_citations, has_citations, unit_values
    from pipeline.prose.fees import added_fees
    from pipeline.validate.context import is_own_workbook

    earlier = index_by_year(outcome.submission for outcome in units)

    def told(unit: Submission) -> Submission:
        edition, form = settings.editions[unit.edition], settings.form
        prior = restate_in_edition(edition, year_before(unit, earlier), settings.editions)
        values = unit_values(unit, prior, edition, form)
        county = counties.get((unit.county, unit.year))
        if county is not None and is_own_workbook(unit, form):
            before = counties.get((unit.county, unit.year - 1))
            values |= county_values(
                county.sums,
                _alike(before, edition) if before else {},
                county.members,
                county.reported,
                county.reporting,
                added_fees(county.members, edition.fee),
                edition,
                form,
            )
        return fill_citations(unit, values)

    return [
        replace(outcome, submission=told(outcome.submission))
        if outcome.status == "accepted" and has_citations(outcome.submission)
        else outcome
        for outcome in units
    ]


def _alike(before: County, edition: Edition) -> dict[str, int]:
    """Of a county's sums of an earlier year, those that this year's edition counts alike."""
    from pipeline.aggregate.comparison import counted_alike

    same = counted_alike(edition, before.edition)
    return {key: value for key, value in before.sums.items() if key in same}


def _report_name(submission: Submission) -> tuple[str, str]:
    """Where a unit's report goes, a county's year, a folder of its units; and its suffix."""
    file = f"{safe_name(submission.unit)}{submission.year}年度报告"
    return f"{county_folder(submission.county, submission.year)}/{UNIT_REPORTS}/{file}", ".docx"


def _years_before(county: County, counties: Mapping[tuple[str, int], County]) -> tuple[County, ...]:
    """The same county in the years before, the oldest first."""
    years = sorted(year for name, year in counties if name == county.name and year < county.year)
    return tuple(counties[county.name, year] for year in years)


def _summary(
    county: County,
    here: Sequence[UnitOutcome],
    earlier: tuple[County, ...],
    found: Completeness,
) -> bytes:
    from pipeline.aggregate.completeness import SHOWN_IN_TEXT, describe_uncertainty, draft
    from pipeline.summary.workbook import SummaryContent, write_summary

    problems = tuple(
        (outcome.submission.unit, outcome.submission.source, told)
        for outcome in here
        for told in outcome.problems
    )
    return write_summary(
        SummaryContent(
            county=county,
            standing=found.lines,
            problems=problems,
            earlier=earlier,
            coverage=draft(found, SHOWN_IN_TEXT),
            published=found.published,
            copies=_copies(here, county_folder(county.name, county.year)),
            unsure=describe_uncertainty(found),
        )
    )


def _copies(here: Sequence[UnitOutcome], folder: str) -> dict[str, str]:
    """The marked copies that went back, by the unit's file, as seen from the county's folder."""
    from pipeline.publish.copies import REMINDED, RETURNED

    return {
        outcome.submission.source: name.removeprefix(f"{folder}/")
        for outcome in here
        for name in outcome.outputs
        if name.startswith((f"{folder}/{RETURNED}/", f"{folder}/{REMINDED}/"))
        and name.endswith(".xlsx")
    }


def _page(
    county: County,
    here: Sequence[UnitOutcome],
    earlier: tuple[County, ...],
    found: Completeness,
    outputs: tuple[str, ...],
    kept: Sequence[LedgerView],
    settings: Settings,
) -> bytes:
    from pipeline.overview.county import PageContent, write_page
    from pipeline.overview.ledgers import ledger_listings
    from pipeline.overview.trends import trend_listings

    return write_page(
        PageContent(
            county=county,
            outcomes=tuple(here),
            earlier=earlier,
            found=found,
            outputs=outputs,
            paths=paths_from(county_folder(county.name, county.year), settings),
            listings=(*trend_listings(county, earlier), *ledger_listings(kept)),
        )
    )
