"""Reading hostile prose takes time that grows with its length alone: operations are counted by the
pieces that are looked at, not by a clock."""

import sys

import pytest

from pipeline.declare.editions import load_editions
from pipeline.prose.claims import Tables, read_claims
from pipeline.prose.remnants import find_remnants

EDITION = load_editions()["2021"]
MEASURES = {m.key: m for m in (*EDITION.measures, *EDITION.sums, *EDITION.counts)}
TABLES = Tables(year=2024, known=[dict.fromkeys(MEASURES, 1)], measures=MEASURES, on_request=True)
HOSTILE = [
    "1",
    "12件",
    "收到申请12件，",
    "（12件",
    "其中12条、",
    "一",
    "2023年我局将",
    "×",
    "*x",
    ",",
    "申请",
]


def calls(text: str) -> int:
    """How many Python calls reading a text takes."""
    count = 0

    def counted(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        list(read_claims(text, TABLES))
        list(find_remnants(text, 2024, "示例镇"))
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_prose_is_read_in_linear_time(piece):
    short, long = (calls(piece * (length // len(piece))) for length in (10_000, 100_000))
    assert long <= 12 * short
