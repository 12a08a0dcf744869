"""What one unit's workbook is issued with: the declarations, what is filled in, what that adds
up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter

from pipeline.books.cells import Spot
from pipeline.books.drawing import Styles
from pipeline.forms.live_checks import Checks, LiveCheck, live_checks
from pipeline.forms.outcomes import Outcome, outcomes
from pipeline.forms.places import FIRST_ROW, TableLayout, entry_spots
from pipeline.forms.verdicts import CODE_BROKEN, CODE_REMIND
from pipeline.model.edition import Edition, Field, Section
from pipeline.model.submission import Prefill
from pipeline.model.workbook_form import WorkbookForm
from pipeline.text.figures import MONEY_SCALE, format_value, read_figure

FieldNames = Sequence[tuple[str, str]]
"""The names that prose may cite in 【】, each with what it stands for."""

NUMERALS = "零一二三四五六七八九十"


@dataclass(frozen=True, kw_only=True, slots=True)
class FormContext:
    """One workbook being written: the declarations, what is filled in, the computed values.

    ``year`` is that of its report, 0 where it isn't known yet.
    ``counts`` are the cells of the workbook's own ledger counts, by field key; empty where it
    has no ledger.
    """

    edition: Edition
    form: WorkbookForm
    prefill: Prefill
    field_names: FieldNames
    checks: Checks
    entry_spots: Mapping[str, Spot]
    figures: Mapping[str, int]
    outcomes: tuple[Outcome, ...]
    styles: Styles
    counts: Mapping[str, str]
    year: int

    @classmethod
    def of(
        cls,
        book: xlsxwriter.Workbook,
        edition: Edition,
        form: WorkbookForm,
        prefill: Prefill,
        field_names: FieldNames,
        counts: Mapping[str, str],
    ) -> FormContext:
        checks = live_checks(edition, form)
        figures = computed(edition, prefill)
        written = prefill.identity.get("year", "")
        year = int(written) if written.isdecimal() else 0
        return cls(
            edition=edition,
            form=form,
            prefill=prefill,
            field_names=field_names,
            checks=checks,
            entry_spots=entry_spots(form),
            figures=figures,
            outcomes=outcomes(
                checks,
                edition,
                figures,
                prefill.prior,
                year,
                prefill.identity.get("level") or form.entry("level").choices[0],
            ),
            styles=Styles(book),
            counts=counts,
            year=year,
        )

    def outcome(self, check: LiveCheck) -> Outcome:
        return self.outcomes[check.row - FIRST_ROW]


def computed(edition: Edition, prefill: Prefill) -> dict[str, int]:
    """Every figure of a form as it is issued, in kept whole numbers: 0 where nothing is filled
    in, totals added up."""
    known: dict[str, int] = {}

    def value(key: str) -> int:
        if key not in known:
            field = edition.by_key[key]
            if field.derived:
                known[key] = sum(value(part) for part in field.parts)
            elif field.kind == "money_text":
                known[key] = read_figure(written_amount(field, prefill), field.kind).value or 0
            else:
                known[key] = prefill.figures.get(key, 0)
        return known[key]

    for field in edition.fields:
        value(field.key)
    return known


def written_amount(field: Field, prefill: Prefill) -> str:
    """An amount with its unit: as the unit wrote it, else in 万元."""
    if field.key in prefill.written:
        return prefill.written[field.key]
    amount = prefill.figures.get(field.key, 0)
    return f"{format_value(amount, MONEY_SCALE)}万元" if amount else "0"


def numbered(edition: Edition, section: Section) -> str:
    """A section's heading as the report prints it, e.g. ``三、收到和处理政府信息公开申请情况``."""
    headed = [s.key for s in edition.sections if s.heading]
    if not section.heading:
        return ""
    return f"{_numeral(headed.index(section.key) + 1)}、{section.heading}"


def _numeral(number: int) -> str:
    """1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    if not tens:
        return NUMERALS[ones]
    return (NUMERALS[tens] if tens > 1 else "") + "十" + (NUMERALS[ones] if ones else "")


def tallied(layout: TableLayout, issue: FormContext) -> tuple[int, int]:
    """The broken rules and the reminders of a table as it is issued."""
    codes = [issue.outcome(c).code for c in issue.checks.checks if c.table == layout.sheet]
    return codes.count(CODE_BROKEN), codes.count(CODE_REMIND)


def sheet_names(edition: Edition, form: WorkbookForm) -> tuple[str, ...]:
    """The sheets of the workbook, in order."""
    tables = {table.key: table.sheet for table in edition.tables}
    own = dict.fromkeys(s.sheet or tables[s.table] for s in edition.sections)
    return (form.guide, form.identity, *own, form.checks.sheet)
