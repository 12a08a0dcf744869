"""Word reports of made-up units."""

from pipeline.aggregate.totals import add_up
from pipeline.report.context import county_context, unit_context
from tests.support.districts import EDITIONS, district_2020, district_2024
from tests.support.word_documents import written

UNITS = [district_2020()[0], *district_2024()[:2]]


SUBMISSIONS = [written(prefill)[1] for prefill in UNITS]


def county(submission) -> dict:
    edition = EDITIONS[submission.edition]
    added = add_up("示例区", submission.year, edition, [submission], "")
    return county_context(added, draft="草稿（未齐：示例三局）")


def unit(submission) -> dict:
    return unit_context(submission, EDITIONS[submission.edition])


CONTEXTS = [*map(unit, SUBMISSIONS), *map(county, SUBMISSIONS)]
