"""「这个数从哪来的」: the record leads from a county's figure to files, hashes and cells."""

import hashlib
import json
import tomllib
from pathlib import Path

import openpyxl
import pytest

from pipeline import __version__
from pipeline.cli.main import main
from pipeline.declare.editions import build_edition, load_editions
from pipeline.publish.provenance import layout
from tests.support.districts import district_2024, write_inputs
from tests.support.paths import ROOT, TEMPLATES
from tests.support.runs import run

EDITIONS = load_editions()


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ran")
    paths = write_inputs(folder / "input", district_2024())
    book = openpyxl.load_workbook(paths[1])
    book["依申请公开"].insert_rows(1)  # its figures stand a row lower than everybody's
    book.save(paths[1])
    _, record = run(folder)
    return folder, record


def trace(folder: Path, capsys, *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    places = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    code = main(["trace", *arguments, *places])
    return code, capsys.readouterr().out


def test_the_record_tells_what_the_run_was_made_with(ran):
    _, record = ran
    assert record["program"]["version"] == __version__
    assert record["program"]["packages"]["pandas"]
    assert record["editions"]["2021"]["sha256"] == EDITIONS["2021"].sha256
    assert (
        record["templates"]["年报.docx"]
        == hashlib.sha256((TEMPLATES / "年报.docx").read_bytes()).hexdigest()
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "version" in project["project"]["dynamic"], "said once, in pipeline/__init__.py"


def test_a_changed_declaration_has_another_hash():
    declared = tomllib.loads((ROOT / "pipeline/declare/editions/2019.toml").read_text("utf-8"))
    assert build_edition(declared).sha256 == EDITIONS["2019"].sha256
    declared["rules"]["A1"]["remedy"] += "。"
    assert build_edition(declared).sha256 != EDITIONS["2019"].sha256


def test_every_unit_figure_leads_to_the_cell_that_holds_it(ran):
    folder, record = ran
    assert len(record["layouts"]) == 2
    for unit in record["units"]:
        book = openpyxl.load_workbook(folder / "input" / unit["source"], data_only=True)
        cells = record["layouts"][unit["layout"]]["cells"]
        places = {key: (sheet, cell) for sheet, own in cells.items() for key, cell in own.items()}
        assert places.keys() == unit["figures"].keys()
        for key, (sheet, cell) in places.items():
            kept, field = unit["figures"][key], EDITIONS["2021"].by_key[key]
            value = book[sheet][cell].value
            if value is None:  # a total, whose value openpyxl doesn't keep
                assert field.derived
            else:
                assert round(value * field.scale) == kept


def test_every_county_figure_is_the_sum_of_its_sources(ran):
    _, record = ran
    (county,) = record["counties"]
    units = {unit["source"]: unit for unit in record["units"]}
    assert [units[source]["unit"] for source in county["sources"]] == county["units"]
    for key, value in county["figures"].items():
        assert value == sum(units[source]["figures"][key] for source in county["sources"])
    assert county["fee"] == {"requests": 1, "amount": 38000}


def test_a_county_figure_is_told_by_unit_file_and_cell(ran, capsys):
    folder, _ = ran
    code, told = trace(folder, capsys, "示例区", "--item", "新收")
    assert code == 0
    assert "依申请公开·本年新收·总计：1088 件" in told
    places = [line.split("　")[1] for line in told.splitlines() if line.startswith("    示例")]
    assert "示例区2024/示例一镇.xlsx 依申请公开!J8" in places
    assert "示例区2024/示例三局.xlsx 依申请公开!J7" in places
    assert "行政许可" not in told


def test_a_unit_is_told_with_its_file_and_whether_it_is_still_the_same(ran, capsys):
    folder, _ = ran
    assert "（与当时相同）" in trace(folder, capsys, "示例三局", "--year", "2024")[1]
    path = folder / "input" / "示例区2024" / "示例三局.xlsx"
    content = path.read_bytes()
    path.write_bytes(content + b" ")
    assert "（当时之后改动过）" in trace(folder, capsys, "示例三局")[1]
    path.rename(path.with_suffix(".bak"))
    assert "现在找不到" in trace(folder, capsys, "示例三局")[1]
    path.write_bytes(content)


def test_an_unknown_name_or_no_run_says_so(ran, capsys, tmp_path):
    folder, _ = ran
    assert trace(folder, capsys, "他区")[0] == 2
    assert trace(tmp_path, capsys, "示例区")[0] == 2


def test_a_layout_is_kept_by_sheet():
    edition = EDITIONS["2019"]
    lines = [""] * len(edition.fields)
    lines[0] = "表!!B5"  # a sheet's name may hold the mark
    assert layout("\n".join(lines), edition) == {"表!": {edition.fields[0].key: "B5"}}


def test_the_record_is_as_the_last_run_left_it(ran):
    folder, record = ran
    again = run(folder)[1]
    assert json.dumps(again) == json.dumps(record)
