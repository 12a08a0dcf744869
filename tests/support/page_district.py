"""A district with everything on its page: units that passed, went back, are late or missing, two
files of one unit, a file that can't be opened, prose that repeats another's, last year's figures,
and names and prose that would like to be script."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import openpyxl

from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.model.county_outcome import CountyOutcome
from pipeline.model.roster import Roster
from pipeline.model.roster_unit import RosterUnit
from pipeline.model.settings import Settings
from pipeline.model.submission import Prefill
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.run import run
from tests.support.districts import EDITIONS, example, passage, write_inputs
from tests.support.paths import TEMPLATES

COUNTY, YEAR = "示例区", 2024
SCRIPT = "<script>window.ran=1</script>"
HOSTILE = (
    f"{SCRIPT}</script><!--",
    '"><img src=x onerror="window.ran=1">',
    "javascript:window.ran=1",
    "{{ 7*7 }}{% raw %}",
)
"""What a workbook may hold, to be shown as the text that it is."""

SAME = (
    "健全发布审查机制，落实先审查后公开的要求，每条信息由科室初审并由办公室复核之后发布。"
    "编制并动态调整公开事项清单，对已经公开的信息按季度清理，失效的文件及时标注清楚。"
    "建立信息发布台账，逐条登记来源和审核人以及发布时间，做到来源可以查清责任可以追究。"
)


HOSTILE_UNIT = f"示例四局{HOSTILE[1]}"


def _unit(name: str, seed: int, year: int = YEAR) -> Prefill:
    return example(EDITIONS["2021"], name, "我单位", COUNTY, year, seed, 6)


def _saying(prefill: Prefill, *paragraphs: str) -> Prefill:
    """A unit's workbook with other words under 政府信息管理."""
    told = tuple(
        passage("overview.management", p.heading, *paragraphs)
        if p.part == "overview.management"
        else p
        for p in prefill.passages
    )
    return replace(prefill, passages=told)


def _year_before(now: Prefill, seed: int) -> Prefill:
    """The same unit a year earlier, leaving over what it carried into this year."""
    edition = EDITIONS["2021"]
    before = _unit(now.identity["unit"], seed, YEAR - 1)
    figures = dict(before.figures)
    for field in edition.table("requests").fields:
        left, came = (field.key.replace("received", row) for row in ("carried_out", "carried_in"))
        if field.row[0].key == "received" and not field.derived:
            more = now.figures[came] - figures[left]
            figures[left] += more
            figures[field.key] += more
    for field in sorted(edition.fields, key=lambda f: f.column[-1].total):
        if field.derived:
            figures[field.key] = sum(figures[key] for key in field.parts)
    return replace(before, figures=figures)


def write_district(folder: Path) -> None:
    """The workbooks of the district, below ``folder``/input."""
    units = [
        _unit("示例一镇", 1),
        _saying(_unit("示例二镇", 2), SAME),
        _saying(_unit("示例三局", 3), SAME),
        _saying(_unit(HOSTILE_UNIT, 4), *HOSTILE),
        _unit("示例五街道", 5),
        _unit("示例六街道", 6),
    ]
    paths = write_inputs(folder / "input", units)
    write_inputs(folder / "input", [_year_before(units[1], 7), _year_before(units[2], 8)])
    _spoil(paths[4])
    (paths[5].parent / "示例六街道（再报）.xlsx").write_bytes(paths[5].read_bytes())
    (folder / "input" / "打不开&<b>.xlsx").write_bytes(b"not a workbook")


def _spoil(path: Path) -> None:
    """Give a workbook wrong figures, as a clerk would."""
    book = openpyxl.load_workbook(path)
    sheet = book["依申请公开"]
    places = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}
    row, column = places["（一）予以公开"].row, places["自然人"].column
    sheet.cell(row, column).value = "约3"
    sheet.cell(row + 1, column).value = -2
    book.save(path)


def roster() -> Roster:
    late = datetime.date(YEAR + 1, 1, 15)
    names = (
        "示例一镇",
        "示例二镇",
        "示例三局",
        "示例五街道",
        "示例六街道",
        "示例七局",
        "示例八局",
        HOSTILE_UNIT,
    )
    return Roster(
        county=COUNTY,
        year=YEAR,
        units=tuple(
            RosterUnit(
                name=name,
                kind="镇" if name.endswith("镇") else "部门",
                contact="示例联系人",
                phone="0000-00000000",
                deadline=late if name != "示例八局" else late + datetime.timedelta(days=30),
            )
            for name in names
        ),
    )


def settings(folder: Path) -> Settings:
    return Settings(
        input=folder / "input",
        output=folder / "output",
        templates=TEMPLATES,
        editions=load_editions(),
        form=workbook_form(),
        roster=roster(),
        today=datetime.date(YEAR + 1, 1, 20),
        jobs=1,
    )


def run_district(folder: Path) -> tuple[list[UnitOutcome], list[CountyOutcome]]:
    """Write the district and do the whole job on it; its page is in ``folder``/output."""
    write_district(folder)
    return run(settings(folder), lambda *_: None)


if __name__ == "__main__":
    import sys

    run_district(Path(sys.argv[1]))
