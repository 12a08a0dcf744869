"""A run knows of the one before by its record, however large, and whoever wrote it."""

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.audit.recorded import Made, MadeReports
from pipeline.cli.main import main
from pipeline.declare.editions import load_editions
from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.explanation import BoundExplanation
from pipeline.model.submission import Submission
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.publish.record import NoRecord, last_outcomes, made_before, open_record, run_record
from pipeline.publish.trace import found_in, traced
from pipeline.published.reports import PublishedReport
from pipeline.validate.explanations import recorded_explanations

EDITIONS = load_editions()
FIELDS = EDITIONS["2021"].fields


def record(units: int) -> bytes:
    outcomes = [
        UnitOutcome(
            submission=Submission(
                source=f"{at}.xlsx",
                sha256="0" * 64,
                edition="2021",
                year=2024,
                identity={"unit": f"示例{at}镇\n]", "county": "示例区"},
                values=tuple(range(len(FIELDS))),
            ),
            problems=(),
            status="accepted",
            explanations=(
                BoundExplanation(
                    rule="C6", subject="自然人", text="机构改革", fingerprint="0" * 16
                ),
            ),
            outputs=(f"示例区/{at}.docx",),
            cells="\n".join(f"表!{at % 2}{number}" for number, _ in enumerate(FIELDS)),
        )
        for at in range(units)
    ]
    county = CountyOutcome(
        county="示例区",
        year=2024,
        edition="2021",
        units=("示例镇",),
        sources=tuple(f"{at}.xlsx" for at in range(0, units, 40)),
        outputs=("汇总年报.docx", "汇总表.xlsx"),
        figures={field.key: 1 for field in FIELDS},
    )
    return b"".join(run_record(outcomes, [county], EDITIONS, {"program": {"units": ["x"]}}))


@pytest.mark.parametrize("units", [0, 1, 3])
@pytest.mark.parametrize("rewritten", [False, True], ids=["as written", "by another program"])
def test_an_earlier_record_is_remembered(tmp_path, units, rewritten):
    path = tmp_path / "run.json"
    content = record(units)
    path.write_bytes(content)
    if rewritten:
        path.write_text(json.dumps(json.loads(content), indent=1), "utf-8")
    whole, short = json.loads(content), last_outcomes(path)
    assert len(made_before(whole)) == units + 2
    assert made_before(short) == made_before(whole)
    assert len(recorded_explanations(whole)) == units
    assert recorded_explanations(short) == recorded_explanations(whole)


@pytest.mark.parametrize(
    "damaged", [b"", b"[1]", b"\xff", record(3)[::-1], record(3)[:9000], b'{"units": 3}']
)
def test_a_damaged_record_is_none(tmp_path, damaged):
    path = tmp_path / "run.json"
    path.write_bytes(damaged)
    assert made_before(last_outcomes(path)) == set()
    assert made_before(last_outcomes(tmp_path / "none.json")) == set()


@pytest.mark.parametrize("units", [0, 1, 3])
@pytest.mark.parametrize("rewritten", [False, True], ids=["as written", "by another program"])
def test_every_entry_of_a_record_is_read_once_and_found_again(tmp_path, units, rewritten):
    path = tmp_path / "run.json"
    content = record(units)
    whole = json.loads(content)
    path.write_text(json.dumps(whole, ensure_ascii=False), "utf-8")
    if not rewritten:
        path.write_bytes(content)
    for lists in (("units", "counties", "layouts"), ("layouts",), ("ledgers",), ()):
        with open_record(path) as kept:
            found = list(kept.entries(*lists))
            assert [(key, entry) for key, _, entry in found] == [
                (key, entry) for key in lists for entry in whole[key]
            ]
            assert [kept.entry(at) for _, at, _ in found] == [entry for *_, entry in found]
            assert kept.head() == {"schema_version": 1, "program": {"units": ["x"]}}


def test_an_entry_is_found_while_others_are_read(tmp_path):
    path = tmp_path / "run.json"
    path.write_bytes(record(3))
    with open_record(path) as kept:
        entries = kept.entries("units")
        _, first, _ = next(entries)
        assert kept.entry(first)["source"] == "0.xlsx"
        assert [entry["source"] for *_, entry in entries] == ["1.xlsx", "2.xlsx"]


@pytest.mark.parametrize(
    "damaged",
    [None, b"", b"[1]", b"\xff", record(3)[:9000], record(3).replace(b'"year"', b'"yea', 1)],
)
def test_trace_and_verify_say_that_there_is_no_record_to_read(tmp_path, capsys, damaged):
    if damaged is not None:
        (tmp_path / "run.json").write_bytes(damaged)
    for command in (["trace", "示例区"], ["verify", str(tmp_path)]):
        assert main([*command, "--output", str(tmp_path)]) == 2
        assert "没有可用的运行记录（run.json）：请先运行 make" in capsys.readouterr().err
    with pytest.raises(NoRecord), open_record(tmp_path / "run.json") as kept:
        list(kept.entries("units"))


# ---------------------------------------------------------------------------- of a long record


def peak_of(read: Callable[[], object]) -> tuple[object, int]:
    """What reading gives, and the most memory (bytes) that it took."""
    tracemalloc.start()
    try:
        return read(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


UNITS = 400


@pytest.fixture(scope="module")
def long(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("long") / "run.json"
    path.write_bytes(record(UNITS))
    return path


def test_of_a_long_record_a_run_keeps_what_it_needs(long):
    last, peak = peak_of(lambda: last_outcomes(long))
    assert len(recorded_explanations(last)) == UNITS
    assert set(last["units"][0]) == {"unit", "county", "year", "answers", "outputs"}
    assert set(last["counties"][0]) == {"county", "year", "outputs", "standing"}
    assert peak < long.stat().st_size / 3


def test_of_a_long_record_an_answer_keeps_what_it_tells(long):
    def answer() -> str:
        with open_record(long) as kept:
            found = found_in(kept, "示例区", None, EDITIONS, FIELDS[5].key)
        assert len(found.members) == UNITS / 40
        assert all(list(one["figures"]) == [FIELDS[5].key] for one in found.members.values())
        return "\n".join(traced(found, EDITIONS, FIELDS[5].key, long.parent))

    told, peak = peak_of(answer)
    assert told.count(".xlsx 表!05") == UNITS / 40
    assert peak < long.stat().st_size / 10


def test_of_a_long_record_a_comparison_keeps_the_names(long):
    def compare() -> list[Made | None]:
        with open_record(long) as kept:
            made = MadeReports(kept)
            assert len(list(made.files)) == UNITS + 1
            return [made.matched(published(f"示例{at}镇]")).made for at in (7, 7, 300, UNITS)]

    (one, same, other, none), peak = peak_of(compare)
    assert one == same
    assert (other.name, other.report) == ("示例300镇\n]", "示例区/300.docx")
    assert other.figures[FIELDS[9].key] == 9
    assert none is None
    assert peak < long.stat().st_size / 10


def published(unit: str) -> PublishedReport:
    return PublishedReport(source="", sha256="", unit=unit, year=2024)


def test_a_record_that_is_nested_without_end_counts_as_none(tmp_path):
    (tmp_path / "run.json").write_text('{"units":' + "[" * 100_000, "utf-8")
    assert last_outcomes(tmp_path / "run.json") == {}
