"""Writing the 图解 of a county's accepted workbooks, beside their reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipeline.aggregate.completeness import SHOWN_IN_TEXT, draft, file_mark
from pipeline.aggregate.totals import County
from pipeline.aggregate.trends import Year, unit_year
from pipeline.aggregate.years import UnitKey, unit_key
from pipeline.infographic.content import Infographic, county_infographic, unit_infographic
from pipeline.infographic.files import infographic_files
from pipeline.model.completeness import Completeness
from pipeline.model.settings import Settings
from pipeline.model.submission import Submission
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.publish.atomic import publish
from pipeline.text.names import Names, county_folder, safe_name
from pipeline.word.template_choice import kind_of, template_files

INFOGRAPHICS = "图解"
"""The folder of the units' 图解, in a county's."""

UnitYears = Mapping[UnitKey, Sequence[Year]]
"""What each unit counted through the years."""


def unit_years(units: Iterable[UnitOutcome], settings: Settings) -> UnitYears:
    """The years of every accepted unit, in the order read."""
    found: dict[UnitKey, list[Year]] = {}
    for outcome in units:
        if outcome.status == "accepted":
            one = outcome.submission
            year = unit_year(one, settings.editions[one.edition])
            found.setdefault(unit_key(one), []).append(year)
    return found


def picture_unit(
    submission: Submission, years: UnitYears, names: Names, settings: Settings
) -> tuple[str, ...]:
    """Write the 图解 of an accepted unit; gives the names of its files.

    Raises:
        pipeline.word.template_filling.UnusableTemplate: its template can't be used.
        pipeline.publish.atomic.OutputError: a file could not be written.
    """
    unit, county = submission.unit, submission.county
    edition = settings.editions[submission.edition]
    content = unit_infographic(submission, edition, years[unit_key(submission)])
    kind = kind_of(unit, county, settings.roster)
    folder = f"{county_folder(county, submission.year)}/{INFOGRAPHICS}"
    stem = f"{folder}/{safe_name(unit)}{submission.year}年度图解"
    template = template_files(settings.templates).for_infographic(unit, kind)
    return _written(content, template, stem, names, settings)


def picture_county(
    county: County,
    earlier: Sequence[County],
    found: Completeness,
    names: Names,
    settings: Settings,
) -> tuple[str, ...]:
    """Write a county's 图解, marked as a draft as its report is; see :func:`picture_unit`."""
    content = county_infographic(county, earlier, draft(found, SHOWN_IN_TEXT))
    folder = county_folder(county.name, county.year)
    stem = f"{folder}/{file_mark(found)}{safe_name(county.name)}{county.year}年度图解"
    template = template_files(settings.templates).for_infographic(county.name)
    return _written(content, template, stem, names, settings)


def _written(
    content: Infographic, template: Path, stem: str, names: Names, settings: Settings
) -> tuple[str, ...]:
    outputs = []
    for suffix, made in infographic_files(content, template):
        name = names.free(stem, suffix)
        publish(settings.output / name, made, settings.token)
        outputs.append(name)
    return tuple(outputs)
