"""What the standardized workbook asks besides the national tables: its own sheets and fields.

Declared in ``workbook_form.toml``: the sheet 基本信息, the columns of the prose sheets, the counted
facts.  The blank workbook, the reader and the schemas of these sheets are derived from it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pipeline.declare.loading import Declaration
from pipeline.model.workbook_form import WorkbookForm

DECLARATION: Declaration[WorkbookForm] = Declaration(
    Path(__file__).parent / "workbook_form.toml", WorkbookForm, listed=("entries",)
)


@lru_cache(maxsize=1)
def workbook_form() -> WorkbookForm:
    """The declaration of the standardized workbook."""
    return DECLARATION.load()
