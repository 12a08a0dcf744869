"""Counties of several years."""

import random

from pipeline.aggregate.trends import Year, unit_year
from pipeline.declare.editions import load_editions
from pipeline.summary.workbook import SummaryContent
from tests.support.summary_books import county, submission, unit_names

EDITIONS = load_editions()


def years(*said: tuple[int, str]) -> list[Year]:
    return [
        unit_year(submission(EDITIONS[key], at, "示例镇", random.Random(at)), EDITIONS[key])
        for at, key in said
    ]


ACROSS = years((2019, "2019"), (2020, "2019"), (2021, "2021"), (2022, "2021"))


# ------------------------------------------------------------------------- the sheet 趋势


def content(*said: tuple[int, str]) -> SummaryContent:
    counties = [
        county(EDITIONS[key], year, unit_names(3 + at)) for at, (year, key) in enumerate(said)
    ]
    return SummaryContent(
        county=counties[-1],
        standing=(),
        problems=(),
        earlier=tuple(counties[:-1]),
        coverage="",
    )


FOUR = content((2019, "2019"), (2020, "2019"), (2021, "2021"), (2022, "2021"))
