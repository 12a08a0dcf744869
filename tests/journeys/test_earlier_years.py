"""An earlier year's draft stays one when the roster has become the next year's."""

from __future__ import annotations

import datetime
import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from pipeline.aggregate.roster_history import STANDING, recorded_units, standing_record
from pipeline.cli.main import main
from pipeline.model.completeness import Completeness, Standing
from pipeline.model.roster_unit import RosterUnit
from pipeline.text.names import county_key
from tests.support.districts import district_2024, write_inputs
from tests.support.paths import TEMPLATES
from tests.support.rosters import filled

DRAFT = "草稿（未齐：示例三局）示例区2024年度政府信息公开工作年度报告.docx"
FINAL = "示例区2024年度政府信息公开工作年度报告.docx"
UNITS = [prefill.identity["unit"] for prefill in district_2024()]
EVERYBODY = [{"unit": name} for name in UNITS]


def run(folder: Path, today: str = "2026-01-05") -> dict:
    places = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    assert main(["run", *places, "--templates", str(TEMPLATES), "--today", today]) == 0
    return json.loads((folder / "output" / "run.json").read_text("utf-8"))


def of(record: dict, year: int, county: str = "示例区") -> dict:
    return next(c for c in record["counties"] if (c["county"], c["year"]) == (county, year))


def reports(folder: Path, county: str = "示例区") -> list[str]:
    return [path.name for path in (folder / "output" / f"{county}2024年度").glob("*.docx")]


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("ran")
    write_inputs(folder / "input", district_2024()[:3])
    filled(folder / "input", EVERYBODY)
    assert of(run(folder, "2025-01-20"), 2024)["draft"] == "草稿（未齐：示例三局）"
    filled(folder / "input", EVERYBODY, year=2025)
    return folder


@pytest.fixture
def moved_on(ran, tmp_path) -> Path:
    """A district whose year 2024 was a draft when its roster became that of 2025."""
    shutil.copytree(ran, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_draft_stays_one_in_every_run_that_follows(moved_on, capsys):
    for _ in range(2):
        record = run(moved_on)
        assert reports(moved_on) == [DRAFT]
        assert of(record, 2024)["completeness"]["expected"] == 4
        assert of(record, 2024)["completeness"]["lacking"] == ["示例三局"]
        assert of(record, 2025)["completeness"]["expected"] == 4
    coverage = "汇总 3 个单位，应报 4 个（名册已是 2025 年度的，应报单位按以前的名册）"
    assert f"示例区 2024 年度：{coverage}" in capsys.readouterr().out
    document = Document(str(moved_on / "output" / "示例区2024年度" / DRAFT))
    assert any(coverage in paragraph.text for paragraph in document.paragraphs)
    page = (moved_on / "output" / "示例区2024年度" / "总览.html").read_text("utf-8")
    assert "未齐：1 个单位还没有报送" in page


def test_it_gives_way_to_the_report_when_the_unit_has_passed(moved_on):
    run(moved_on)
    write_inputs(moved_on / "input", district_2024())
    record = run(moved_on)
    assert reports(moved_on) == [FINAL]
    assert of(record, 2024)["completeness"]["complete"]
    (moved_on / "input" / "示例区2024" / "示例三局.xlsx").unlink()
    run(moved_on)
    assert reports(moved_on) == [DRAFT]


def test_a_roster_of_its_own_year_has_the_last_word(moved_on):
    filled(moved_on / "input", EVERYBODY[:3])
    run(moved_on)
    filled(moved_on / "input", EVERYBODY, year=2025)
    record = run(moved_on)
    assert reports(moved_on) == [FINAL]
    assert of(record, 2024)["completeness"]["expected"] == 3


def test_a_year_that_no_workbook_is_left_of_is_over(moved_on):
    for path in (moved_on / "input" / "示例区2024").iterdir():
        path.unlink()
    write_inputs(moved_on / "input", [_of(2025)])
    record = run(moved_on)
    assert {county["year"] for county in record["counties"]} == {2025}


def test_where_no_run_knows_of_the_year_it_is_said_that_nobody_can_tell(moved_on, capsys):
    shutil.rmtree(moved_on / "output")
    record = run(moved_on)
    assert reports(moved_on) == [FINAL]
    assert of(record, 2024)["completeness"]["expected"] is None
    assert "名册已是 2025 年度的，按收到的工作簿" in capsys.readouterr().out
    folder = moved_on / "output" / "示例区2024年度"
    unsure = "名册已是 2025 年度的，不能判断是否报齐"
    assert unsure in (folder / "总览.html").read_text("utf-8")
    assert f">{unsure}<" in (folder.parent / "总览.html").read_text("utf-8")
    book = openpyxl.load_workbook(folder / "示例区2024年度汇总表.xlsx")
    assert unsure in book["总览"]["A2"].value


def test_a_unit_is_known_by_its_short_name_though_the_new_roster_lacks_it(tmp_path):
    units = district_2024()[:3]
    units[2].identity["unit"] = "二街道"  # type: ignore[index]
    write_inputs(tmp_path / "input", units)
    rows: list[dict[str, object]] = [dict(row) for row in EVERYBODY]
    rows[2]["short"] = "二街道、示例二办"
    filled(tmp_path / "input", rows)
    run(tmp_path)
    filled(tmp_path / "input", [*EVERYBODY[:2], EVERYBODY[3]], year=2025)
    record = run(tmp_path)
    assert of(record, 2024)["completeness"]["lacking"] == ["示例三局"]
    assert reports(tmp_path) == [DRAFT]


def test_a_unit_that_was_not_added_up_stays_out_though_the_new_roster_lacks_it(tmp_path):
    write_inputs(tmp_path / "input", district_2024())
    rows: list[dict[str, object]] = [dict(row) for row in EVERYBODY]
    rows[2]["counted"] = "否"
    filled(tmp_path / "input", rows)
    first = of(run(tmp_path), 2024)
    assert len(first["units"]) == len(UNITS) - 1
    filled(tmp_path / "input", [*EVERYBODY[:2], EVERYBODY[3]], year=2025)
    for _ in range(2):
        then = of(run(tmp_path), 2024)
        assert (then["units"], then["figures"]) == (first["units"], first["figures"])
    filled(tmp_path / "input", [*EVERYBODY[:2], {**EVERYBODY[2], "counted": "是"}], year=2025)
    assert of(run(tmp_path), 2024)["figures"] == first["figures"], "it was not added up then"


def test_a_level_that_has_sent_nothing_is_still_lacking_above(tmp_path):
    units = district_2024()[:2]
    write_inputs(tmp_path / "input", units)
    rows: list[dict[str, object]] = [
        {"unit": "示例区", "parent": ""},
        *({"unit": name, "parent": "示例区"} for name in UNITS[:2]),
        {"unit": "示例县", "parent": ""},
        {"unit": "示例县一镇", "parent": "示例县"},
    ]
    lacking = []
    for year in (2024, 2025, 2025):
        filled(tmp_path / "input", rows, county="示例市", year=year)
        record = run(tmp_path)
        lacking.append(of(record, 2024, "示例市")["completeness"]["lacking"])
        assert of(record, 2024, "示例县")["completeness"]["expected"] == 1
        assert of(record, 2024, "示例市")["completeness"]["expected"] == 3
    assert lacking[0] == lacking[1] == lacking[2]
    assert "示例县一镇" in lacking[0]


def _of(year: int):
    prefill = district_2024()[0]
    prefill.identity["year"] = str(year)  # type: ignore[index]
    return prefill


# ------------------------------------------------------------------------------- remembering


def found(*lines: Standing) -> Completeness:
    return Completeness(level="示例市", listed=True, lines=lines)


def line(unit: str, level: str, **more: object) -> Standing:
    empty = {"kind": "", "status": "未报", "source": "", "contact": "", "phone": "", "due": ""}
    return Standing(**{**empty, **more}, unit=unit, level=level)  # type: ignore[arg-type]


def test_a_levels_own_units_are_remembered_as_its_roster_had_them():
    due = {"due": "2025-01-20", "short": ("一局",), "kind": "部门", "counted": False}
    kept = standing_record(found(line("示例一局", "示例市", **due), line("示例镇", "示例县")))
    record = {"counties": [{"county": "示例市 ", "year": 2024, STANDING: kept}]}
    remembered = recorded_units(json.loads(json.dumps(record)), {2024}, 2025)
    assert remembered == {
        county_key("示例市"): {
            2024: (
                RosterUnit(
                    name="示例一局",
                    short=("一局",),
                    kind="部门",
                    counted=False,
                    deadline=datetime.date(2025, 1, 20),
                ),
            )
        }
    }
    assert recorded_units(record, {2024}, 2024) == {}
    assert recorded_units(record, {2023}, 2025) == {}


@pytest.mark.parametrize(
    "counties",
    [
        None,
        3,
        [3],
        [{}],
        [{"county": "示例市", "year": None, STANDING: [{}]}],
        [{"county": "示例市", "year": 2024}],
        [{"county": "示例市", "year": 2024, STANDING: 3}],
        [{"county": "示例市", "year": 2024, STANDING: [{"unit": "示例镇"}]}],
        [
            {
                "county": "示例市",
                "year": 2024,
                STANDING: [{**standing_record(found(line("一", "示例市")))[0], "due": "x"}],
            }
        ],
    ],
)
def test_a_damaged_record_remembers_no_units(counties):
    assert recorded_units({"counties": counties}, {2024}, 2025) == {}
