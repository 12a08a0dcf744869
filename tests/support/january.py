"""A January of a district: its office, its units, its waves."""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from lxml import html

from pipeline.cli.main import main
from pipeline.declare.editions import load_editions
from pipeline.forms.roster import write_roster
from pipeline.model.submission import Prefill
from pipeline.text.names import county_folder
from tests.support.districts import example, write_inputs
from tests.support.paths import TEMPLATES

EDITION = load_editions()["2021"]


COUNTY, YEAR = "示例区", 2024


FOLDER = county_folder(COUNTY, YEAR)


REPORT = f"{COUNTY}{YEAR}年度政府信息公开工作年度报告.docx"


GOVERNMENT = f"{COUNTY}人民政府"


UNITS = (
    GOVERNMENT,
    f"{COUNTY}人民政府办公室",
    *(f"示例{n:02d}{'镇局'[n % 2]}" for n in range(1, 19)),
)


DEADLINE = datetime.date(2025, 1, 15)


SIGNED = {
    "filled_by": "示例",
    "filled_on": "2025-01-08",
    "reviewed_by": "示例",
    "reviewed_on": "2025-01-09",
    "approved_by": "示例",
    "approved_on": "2025-01-10",
}


def workbook(unit: str) -> Prefill:
    seed = 60 + UNITS.index(unit)
    own = "本级机关" if unit == GOVERNMENT else "我单位"
    made = example(EDITION, unit, own, COUNTY, YEAR, seed, 8)
    scope = "本级" if unit == GOVERNMENT else "本单位"
    return Prefill(
        identity={**made.identity, **SIGNED, "scope": scope},
        figures=made.figures,
        written=made.written,
        passages=made.passages,
        facts=made.facts,
        fee=made.fee,
        confirmed=True,
    )


def roster(published: Mapping[str, datetime.date]) -> bytes:
    lines = []
    for unit in UNITS:
        line = {"unit": unit, "contact": "示例联系人", "phone": "0573-80000000"}
        line |= {"kind": "政府"} if unit == GOVERNMENT else {}
        if unit in published:
            line |= {"published_on": published[unit], "published_at": "https://www.example.gov.cn/"}
        lines.append(line)
    return write_roster(lines, {"county": COUNTY, "year": YEAR, "deadline": DEADLINE})


@dataclass
class Office:
    """The officer's folders, and what the last run said."""

    folder: Path
    code: int = -1
    said: str = ""

    def receive(self, units: Sequence[str]) -> list[Path]:
        return write_inputs(self.folder / "input", [workbook(unit) for unit in units])

    def file(self, unit: str) -> Path:
        return self.folder / "input" / f"{COUNTY}{YEAR}" / f"{unit}.xlsx"

    def run(self, today: str, *options: str) -> dict:
        places = ["--input", str(self.folder / "input"), "--output", str(self.folder / "output")]
        self.code = main(
            ["run", *places, "--templates", str(TEMPLATES), "--today", today, *options]
        )
        record = json.loads((self.folder / "output" / "run.json").read_text("utf-8"))
        [county] = record["counties"]
        return county

    @property
    def output(self) -> Path:
        return self.folder / "output" / FOLDER

    def reports(self) -> list[str]:
        return [path.name for path in self.output.glob("*政府信息公开工作年度报告.docx")]

    def sheet(self, name: str) -> list[list[object]]:
        book = openpyxl.load_workbook(self.output / f"{COUNTY}{YEAR}年度汇总表.xlsx")
        rows = [[cell.value for cell in row] for row in book[name].iter_rows(min_row=5)]
        return [row for row in rows if row[0] not in (None, "（无）")]

    def page(self) -> str:
        page = html.document_fromstring((self.output / "总览.html").read_bytes().decode("utf-8"))
        return " ".join(page.text_content().split())


def wrong(path: Path) -> None:
    """A clerk writes 约3 for a number."""
    book = openpyxl.load_workbook(path)
    sheet = book["依申请公开"]
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row}
    sheet.cell(cells["（一）予以公开"].row, cells["自然人"].column).value = "约3"
    book.save(path)
