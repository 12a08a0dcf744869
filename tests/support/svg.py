"""Reading SVG back."""

from dataclasses import replace

from pipeline.aggregate.totals import add_up
from pipeline.model.submission import Fact, Submission
from tests.support.districts import EDITIONS, NOWHERE, district_2020
from tests.support.word_documents import written


def counted(prefill) -> Submission:
    """A unit's workbook with its counted facts."""
    facts = tuple(
        Fact(channel=channel, category=category, count=count, place=NOWHERE)
        for channel, category, count in prefill.facts
    )
    return replace(written(prefill)[1], facts=facts)


MEMBERS = [counted(prefill) for prefill in district_2020()]


COUNTY = add_up("秀洲区", 2020, EDITIONS["2019"], MEMBERS, "本级")
