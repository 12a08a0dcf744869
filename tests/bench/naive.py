"""The same job as the libraries' own pages show it: read_excel for each workbook, a schema for
each sheet, docxtpl opening its template for each report.

It finds figures at the addresses of an untouched form and does no more checking than a schema,
so it does less than the project; what it leaves out would only make it slower.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from docxtpl import DocxTemplate

from pipeline.aggregate.totals import add_up
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.places import table_layout
from pipeline.intake.submissions import read_workbook
from pipeline.model.submission import Submission
from pipeline.report.context import county_context, unit_context
from pipeline.word.compiled import OfficeTemplate, environment
from tests.support.districts import EDITIONS

EDITION = EDITIONS["2021"]
LAYOUTS = tuple(table_layout(table) for table in EDITION.tables)


def read(path: Path) -> dict[str, pd.DataFrame]:
    """Every sheet of a workbook, with openpyxl."""
    return pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")


def tidy(sheets: dict[str, pd.DataFrame]) -> list[pd.DataFrame]:
    """A frame for each table: a row, a column for each figure."""
    frames = []
    for layout in LAYOUTS:
        grid = sheets[layout.sheet]
        values = {key: [grid.iat[row, column]] for key, (row, column) in layout.places.items()}
        frames.append(pd.DataFrame(values).astype("float64"))
    return frames


def check(frames: Sequence[pd.DataFrame]) -> None:
    """A schema for each table of each workbook."""
    for layout, frame in zip(LAYOUTS, frames, strict=True):
        columns = {
            field.key: pa.Column(
                float, [] if field.kind == "signed" else pa.Check.ge(0), nullable=False
            )
            for field in layout.table.fields
        }
        pa.DataFrameSchema(columns).validate(frame, lazy=True)


def render(template: Path, context: dict[str, object], output: Path) -> None:
    document: DocxTemplate = OfficeTemplate(template)
    document.render(context, environment())
    document.save(output)


def job(paths: Sequence[Path], templates: Path, output: Path) -> dict[str, float]:
    """The whole job for one county; processor seconds by stage."""
    output.mkdir(parents=True, exist_ok=True)
    spent = dict.fromkeys(("读取", "核对", "汇总", "成文"), 0.0)
    # What the reports say is taken from the project's reader, outside the clock.
    told = {path: _told(path) for path in paths}
    frames = []
    clock = time.process_time
    for path in paths:
        start = clock()
        sheets = read(path)
        spent["读取"] += clock() - start
        start = clock()
        tables = tidy(sheets)
        check(tables)
        spent["核对"] += clock() - start
        frames.append(pd.concat(tables, axis=1))
    start = clock()
    total = pd.concat(frames).sum()
    spent["汇总"] += clock() - start
    start = clock()
    for path in paths:
        context = unit_context(told[path], EDITION)
        render(templates / "年报.docx", context, output / f"{path.stem}.docx")
    county = add_up("示例区", told[paths[0]].year, EDITION, list(told.values()), "")
    assert [int(x) for x in total] != []
    render(templates / "汇总年报.docx", county_context(county), output / "汇总.docx")
    spent["成文"] += clock() - start
    return spent


def _told(path: Path) -> Submission:
    return replace(read_workbook(path, path.name, EDITIONS, workbook_form()), problems=())
