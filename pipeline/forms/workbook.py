"""The standardized workbook that a unit fills in, written from the declarations.

Labels, figures, totals, rules and filling notes come from the edition, the other sheets from
``workbook_form.toml``.  What a clerk may type is unlocked, coloured and validated; everything else is
locked without a password.  Each sheet is a module ``form_…``; places that two sheets share
(where the figures are, where a rule is computed) come from :mod:`pipeline.forms.live_checks`.
"""

from __future__ import annotations

import io

from pipeline.books.drawing import add_sheet, apply_page_setup
from pipeline.books.new_book import new_book
from pipeline.forms.checks import check_sheet
from pipeline.forms.context import FieldNames, FormContext, sheet_names
from pipeline.forms.guide import guide_sheet
from pipeline.forms.identity import identity_sheet
from pipeline.forms.ledger.tally import tally_references
from pipeline.forms.ledger.workbook import LedgerFill, add_ledger
from pipeline.forms.live_checks import CODES
from pipeline.forms.prose import prose_sheet
from pipeline.forms.tables import table_sheet
from pipeline.model.edition import Edition
from pipeline.model.submission import Prefill
from pipeline.model.workbook_form import WorkbookForm
from pipeline.model.working_days import Calendar


def write_form(
    edition: Edition,
    form: WorkbookForm,
    prefill: Prefill | None = None,
    field_names: FieldNames = (),
    calendar: Calendar | None = None,
) -> bytes:
    """The workbook of an edition for one unit, as the bytes of an .xlsx file.

    The same arguments give the same bytes.  Every formula carries its value, for readers that
    don't recalculate.

    Args:
        prefill: what is filled in already; nothing by default.
        field_names: the fields for live numbers, listed beside the counted facts.
        calendar: the working days, for a workbook with the ledgers in it; None for one without.

    Raises:
        ValueError: a passage to fill in is of a section that the edition doesn't have.
    """
    prefill = prefill or Prefill()
    buffer = io.BytesIO()
    book = new_book(buffer, f"政府信息公开工作年度报告 {edition.name}")
    _refuse_strange_passages(edition, prefill)
    counts = {} if calendar is None else tally_references(edition)
    issue = FormContext.of(book, edition, form, prefill, field_names, counts)
    names = sheet_names(edition, form)
    sheets = {name: add_sheet(book, name) for name in names}
    for name, sheet in sheets.items():
        apply_page_setup(sheet, name)
    identity_sheet(sheets[form.identity], issue)
    progress = []
    for name in edition.prose_sheets:
        progress.append((name, prose_sheet(sheets[name], name, issue)))
    for layout in issue.checks.layouts:
        table_sheet(sheets[layout.sheet], layout, issue)
    check_sheet(sheets[form.checks.sheet], issue)
    guide_sheet(sheets[form.guide], issue, dict(progress))
    if calendar is not None:
        fill = LedgerFill(identity=prefill.identity)
        add_ledger(book, edition, form, fill, calendar, issue.checks.layouts, issue.styles)
    book.define_name(CODES, f"={issue.checks.codes}")
    sheets[form.guide].activate()
    book.close()
    return buffer.getvalue()


def _refuse_strange_passages(edition: Edition, prefill: Prefill) -> None:
    known = {section.key for section in edition.sections if section.sheet}
    strange = sorted({p.section for p in prefill.passages} - known)
    if strange:
        raise ValueError(f"edition {edition.key} has no prose sections {strange}")
