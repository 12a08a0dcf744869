"""Rosters as an office fills them in."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

from pipeline.declare.roster import roster_form
from pipeline.forms.roster import write_roster

FORM = roster_form()


def filled(
    folder: Path, rows: Sequence[Mapping[str, object]], county: str = "示例区", year: object = 2024
) -> None:
    """The empty roster, filled in as an officer would, in the input folder."""
    book = openpyxl.load_workbook(io.BytesIO(write_roster()))
    columns = {ask.key: at for at, ask in enumerate(FORM.columns, 1)}
    for down, row in enumerate(rows, 2):
        for key, value in row.items():
            book[FORM.units].cell(down, columns[key]).value = value
    book[FORM.settings_sheet]["B2"] = county
    book[FORM.settings_sheet]["B3"] = year
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / f"{FORM.name}.xlsx")
