"""Reading what a unit says to its problems (情况说明): below the checks, or in a returned copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.model.place import Place
from pipeline.model.submission import Explanation
from pipeline.model.workbook_form import CheckSheet, ReturnSheet
from pipeline.sheets.workbook import Sheet, cell_text, header_row, sheet_key
from pipeline.text.labels import address


def read_explanations(sheets: Sequence[Sheet], named: CheckSheet) -> Iterator[Explanation]:
    """What the unit says to the rules, from the sheet 校验; a workbook may lack it."""
    found = [sheet for sheet in sheets if sheet_key(sheet.name) == sheet_key(named.sheet)]
    if len(found) != 1:
        return
    sheet = found[0]
    header = header_row(sheet, (named.rule, named.subject, named.reason))
    if header is None:
        return
    top, (rule_at, subject_at, reason_at) = header
    for row in range(top + 1, len(sheet.cells)):
        written = sheet.at(row, reason_at)
        if written is None or sheet.error(row, reason_at):
            continue
        text = " ".join(cell_text(written).split())
        rule = cell_text(sheet.at(row, rule_at)).strip()
        if text and rule:
            yield Explanation(
                text=text,
                place=Place(sheet.name, address(row, reason_at)),
                rule=rule,
                subject=cell_text(sheet.at(row, subject_at)).strip(),
            )


def read_answers(returned: Sequence[Sheet], named: ReturnSheet) -> Iterator[Explanation]:
    """What the unit says to the problems of a returned copy, each by its hidden code."""
    for sheet in returned:
        header = header_row(sheet, (named.reason, named.code))
        if header is None:
            continue
        top, (reason_at, code_at) = header
        for row in range(top + 1, len(sheet.cells)):
            text = " ".join(cell_text(sheet.at(row, reason_at)).split())
            code = cell_text(sheet.at(row, code_at)).strip()
            if text and code and not sheet.error(row, reason_at):
                place = Place(sheet.name, address(row, reason_at))
                yield Explanation(text=text, place=place, fingerprint=code)
