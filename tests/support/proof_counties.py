"""Counties whose outputs are read back."""

from dataclasses import replace

from pipeline.aggregate.totals import County, add_up
from pipeline.model.submission import ProcessingFee, Submission
from tests.support.districts import EDITIONS
from tests.support.proofs import UNITS

EDITION = EDITIONS["2021"]


UNIT = replace(UNITS[1], year=2024)


def named(unit: str, fee: ProcessingFee | None) -> Submission:
    return replace(UNIT, identity={**UNIT.identity, "unit": unit}, fee=fee)


MEMBERS = (
    named("甲镇", ProcessingFee(2, 123_456)),
    named("乙镇", None),
    named("丙\x0b镇", ProcessingFee(0, 0)),
    named("丁镇", ProcessingFee(1, None)),
)


def county(year: int = 2024, members: tuple[Submission, ...] = MEMBERS) -> County:
    return add_up("示例区", year, EDITION, [replace(one, year=year) for one in members], "")
