"""A run knows of the one before by its record, however large, and whoever wrote it."""

import json
import tracemalloc

import pytest

from pipeline.checking.answers import Answer, remembered
from pipeline.edition_declaring import load_editions
from pipeline.outcomes.county import CountyOutcome
from pipeline.outcomes.unit import UnitOutcome
from pipeline.record import REMEMBERED, last_outcomes, last_record, made_before, run_record
from pipeline.submission import Submission

EDITIONS = load_editions()


def record(units: int) -> bytes:
    outcomes = [
        UnitOutcome(
            submission=Submission(
                source=f"{at}.xlsx",
                sha256="0" * 64,
                edition="2021",
                year=2024,
                identity={"unit": f"示例{at}镇\n]", "county": "示例区"},
                values=tuple(range(len(EDITIONS["2021"].fields))),
            ),
            problems=(),
            status="accepted",
            answers=(Answer(rule="C6", subject="自然人", text="机构改革", fingerprint="0" * 16),),
            outputs=(f"示例区/{at}.docx",),
        )
        for at in range(units)
    ]
    county = CountyOutcome(county="示例区", year=2024, units=("示例镇",), outputs=("汇总表.xlsx",))
    return b"".join(run_record(outcomes, [county], EDITIONS, {"program": {"units": ["x"]}}))


@pytest.mark.parametrize("units", [0, 1, 3])
@pytest.mark.parametrize("rewritten", [False, True], ids=["as written", "by another program"])
def test_an_earlier_record_is_remembered(tmp_path, units, rewritten):
    path = tmp_path / "run.json"
    content = record(units)
    path.write_bytes(content)
    if rewritten:
        path.write_text(json.dumps(json.loads(content), indent=1), "utf-8")
    whole, short = last_record(path), last_outcomes(path)
    assert len(made_before(whole)) == units + 1
    assert made_before(short) == made_before(whole)
    assert len(remembered(whole)) == units
    assert remembered(short) == remembered(whole)


@pytest.mark.parametrize(
    "damaged", [b"", b"[1]", b"\xff", record(3)[::-1], record(3)[:9000], b'{"units": 3}']
)
def test_a_damaged_record_is_none(tmp_path, damaged):
    path = tmp_path / "run.json"
    path.write_bytes(damaged)
    assert made_before(last_outcomes(path)) == set()
    assert made_before(last_outcomes(tmp_path / "none.json")) == set()


def test_of_a_long_record_only_what_is_needed_is_in_memory(tmp_path):
    path = tmp_path / "run.json"
    path.write_bytes(record(400))
    tracemalloc.start()
    last = last_outcomes(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(remembered(last)) == 400
    assert peak < path.stat().st_size / 3
    assert set(last["units"][0]) == set(REMEMBERED)
