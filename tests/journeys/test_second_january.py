"""The January after: last year's reports as they were published, and a ledger kept all year."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from pipeline.cli.main import main
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.ledger.workbook import LedgerFill, write_ledger
from pipeline.model.submission import Prefill
from tests.support.districts import example, write_inputs
from tests.support.january import COUNTY, EDITION, FOLDER, UNITS, YEAR, Office, workbook
from tests.support.ledgers import request
from tests.support.paths import TEMPLATES

TOWNS = UNITS[2:5]


def last_year(unit: str) -> Prefill:
    return example(EDITION, unit, "我单位", COUNTY, YEAR - 1, 40 + UNITS.index(unit), 8)


def this_year(unit: str) -> Prefill:
    """The unit's workbook with what last year left open carried over, and granted."""
    made, left = workbook(unit), last_year(unit).figures
    figures = dict(made.figures)
    for key in [key for key in figures if key.startswith("requests.carried_in.")]:
        applicant = key.removeprefix("requests.carried_in.")
        carried = left[f"requests.carried_out.{applicant}"]
        figures[f"requests.received.{applicant}"] += figures[key]
        figures[key] = carried
        figures[f"requests.results.granted.{applicant}"] += carried
        figures[f"requests.results.total.{applicant}"] += carried
    return replace(made, figures=figures)


def confirm(path: Path) -> None:
    """Somebody has looked at every sheet of an imported workbook, and says who answers for it."""
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    for cell in cells:
        if cell.value == workbook_form().confirm.label:
            cell.offset(0, 1).value = workbook_form().confirm.yes
    book.save(path)


@pytest.mark.slow
def test_last_years_published_reports_and_a_ledger_join_in(tmp_path, capsys):
    # Last year's reports, as the offices published them.
    before = tmp_path / "before"
    write_inputs(before / "input", [last_year(unit) for unit in TOWNS])
    places = ["--input", str(before / "input"), "--output", str(before / "output")]
    assert main(["run", *places, "--templates", str(TEMPLATES)]) == 0
    published = sorted((before / "output").glob("*/年报/*.docx"))
    assert len(published) == len(TOWNS)

    # Somebody checks them, and reads them into workbooks for this year's comparison.
    output = tmp_path / "output"
    assert main(["audit", *map(str, published), "--output", str(output)]) == 0
    assert main(["import", *map(str, published), "--county", COUNTY, "--output", str(output)]) == 0
    office = Office(tmp_path)
    for path in sorted((output / "导入").glob("*.xlsx")):
        place = tmp_path / "input" / "上年" / path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        path.rename(place)
        confirm(place)

    # This year's workbooks, and one unit's ledger that says something else than its table.
    write_inputs(tmp_path / "input", [this_year(unit) for unit in TOWNS])
    kept = LedgerFill(
        identity={"unit": TOWNS[0], "county": COUNTY, "year": str(YEAR)},
        requests=[request("示例001", f"{YEAR}-03-04", f"{YEAR}-03-20")],
    )
    (tmp_path / "input" / "台账.xlsx").write_bytes(write_ledger(EDITION, workbook_form(), kept))
    capsys.readouterr()
    places = ["--input", str(tmp_path / "input"), "--output", str(output)]
    code = main(["run", *places, "--templates", str(TEMPLATES), "--today", "2025-01-20"])
    assert code == 0, capsys.readouterr().out
    record = json.loads((output / "run.json").read_text("utf-8"))

    # Two years stand side by side, the carry-over holds, and the ledger is heard.
    rules = {p["rule"] for unit in record["units"] for p in unit["problems"]}
    assert "D1" not in rules
    assert "D1b" not in rules
    own = [unit for unit in record["units"] if unit["unit"] == TOWNS[0] and unit["year"] == YEAR]
    differing = [p for p in own[0]["problems"] if p["rule"].startswith("ledger.")]
    assert any("示例001" in p["message"] for p in differing)
    book = openpyxl.load_workbook(output / FOLDER / f"{COUNTY}{YEAR}年度汇总表.xlsx")
    assert {"同比", "趋势"} <= set(book.sheetnames)
    compared = [row for row in office.sheet("同比") if "本年新收" in str(row)]
    assert compared
    page = office.page()
    assert "台账" in page
    assert str(YEAR - 1) in page
