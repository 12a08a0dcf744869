"""The page above the counties' pages: each county and year, who is missing, and stray files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.aggregate.completeness import describe_uncertainty
from pipeline.model.completeness import ACCEPTED
from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.settings import Settings
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.overview.county import rendered, script_data
from pipeline.overview.units import PAGE, Link, Paths, paths_from, unit_lines
from pipeline.text.names import county_folder


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexLine:
    """A county's year: the way to its page, how many of its units have passed, and which have
    not, each with where it stands; the newest year first.  ``unsure`` says why nobody can tell
    whether all is in, where nobody can."""

    page: Link
    accepted: int
    units: int
    missing: tuple[str, ...]
    unsure: str


def write_index(
    units: Sequence[UnitOutcome], counties: Sequence[CountyOutcome], settings: Settings
) -> bytes:
    """The index of a run (UTF-8 HTML); the same bytes for the same outcomes."""
    paths = paths_from("", settings)
    by_county: dict[tuple[str, int], list[UnitOutcome]] = {}
    for unit in units:
        if unit.status == "kept":
            continue
        by_county.setdefault((unit.submission.county, unit.submission.year), []).append(unit)
    lines = []
    for county in sorted(counties, key=lambda one: -one.year):
        here = by_county.pop((county.county, county.year), [])
        folder = county_folder(county.county, county.year)
        name = f"{county.county} {county.year} 年度"
        page = Link(what="总览", name=name, href=paths.output(f"{folder}/{PAGE}"))
        lines.append(_line(page, here, county, paths))
    strays = [
        replace(line, problems=(*line.problems, *line.notices))
        for outcomes in by_county.values()
        for line in unit_lines(outcomes, (), "", 0, None, paths)
    ]
    return rendered(
        "index.html",
        {
            "lines": lines,
            "strays": [replace(line, key=f"s{at}") for at, line in enumerate(strays)],
            "data": script_data({}),
        },
    )


def _line(
    page: Link, here: Sequence[UnitOutcome], county: CountyOutcome, paths: Paths
) -> IndexLine:
    found = unit_lines(here, county.completeness.lines, county.county, county.year, None, paths)
    return IndexLine(
        page=page,
        accepted=sum(line.status == ACCEPTED for line in found),
        units=len(found),
        missing=(
            *(
                f"{line.level}{line.unit}（{line.status}）"
                for line in found
                if line.status != ACCEPTED
            ),
            *(() if county.completeness.prose else ("本级正文",)),
        ),
        unsure="" if county.completeness.listed else describe_uncertainty(county.completeness),
    )
