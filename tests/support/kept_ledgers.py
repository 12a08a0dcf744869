"""Ledgers kept through a year."""

from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.ledger.reading import read_ledger
from tests.support.ledgers import FORM, ledger_sheet

EDITIONS, BOOK = load_editions(), workbook_form()


EDITION = EDITIONS["2021"]


def kept(*lines, ask=FORM.requests):
    sheet = ledger_sheet(EDITION, ask, lines)
    ledger, problems = read_ledger([sheet], EDITION, FORM, BOOK.facts.channels)
    assert problems == []
    return ledger
