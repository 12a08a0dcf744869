"""Infographics of made-up units."""

from dataclasses import replace

from pipeline.aggregate.trends import unit_year
from pipeline.declare.editions import load_editions
from pipeline.infographic.content import county_infographic, unit_infographic
from pipeline.infographic.word import infographic_template
from pipeline.model.submission import Submission
from tests.support.paths import TEMPLATES
from tests.support.svg import COUNTY, MEMBERS
from tests.support.trends import ACROSS

TEMPLATE = infographic_template(TEMPLATES / "图解.docx")


EDITIONS = load_editions()


EDITION = EDITIONS["2019"]


WANGDIAN = next(member for member in MEMBERS if member.unit == "王店镇")


def with_identity(submission: Submission, **said: str) -> Submission:
    return replace(submission, identity={**submission.identity, **said})


def nothing(submission: Submission) -> Submission:
    return replace(submission, values=(0,) * len(submission.values), facts=())


ZERO = unit_infographic(nothing(WANGDIAN), EDITION, [])


CASES = {
    "王店镇": unit_infographic(WANGDIAN, EDITION, []),
    "with last year": unit_infographic(
        MEMBERS[5], EDITION, [replace(unit_year(MEMBERS[6], EDITION), year=2019)]
    ),
    "county": county_infographic(COUNTY, [replace(COUNTY, year=year) for year in (2018, 2019)]),
    "across editions": unit_infographic(
        replace(
            MEMBERS[3],
            edition="2021",
            year=2022,
            values=tuple(ACROSS[3].figures.values()),
        ),
        EDITIONS["2021"],
        ACROSS[:3],
    ),
    "zero": ZERO,
}
