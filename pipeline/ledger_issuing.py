"""Issuing ledgers: one for each unit of the roster, or a blank one for each edition in use."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.edition import edition_for
from pipeline.edition_declaring import load_editions
from pipeline.ledger_book import LedgerFill, write_ledger
from pipeline.ledger_form import ledger_form
from pipeline.names import county_folder, safe_name
from pipeline.roster import Roster
from pipeline.workbook import workbook_form
from pipeline.workdays import Calendar


def issued_ledgers(roster: Roster | None, calendar: Calendar) -> Mapping[str, bytes]:
    """The ledgers to hand out, by name: without a roster the blank one of the edition in force."""
    editions, form, name = load_editions(), workbook_form(), ledger_form().name
    edition = edition_for(roster.year, editions) if roster is not None else None
    if roster is None or edition is None:
        return blank_ledger(calendar)
    files = {}
    for level in roster.levels:
        folder = f"{county_folder(level.name, roster.year)}/{name}"
        for unit in level.reporting:
            identity = {"unit": unit.name, "county": level.name, "year": str(roster.year)}
            file = f"{folder}/{safe_name(unit.name)}{roster.year}年{name}.xlsx"
            files[file] = write_ledger(edition, form, LedgerFill(identity=identity), calendar)
    return files


def blank_ledger(calendar: Calendar) -> Mapping[str, bytes]:
    """The blank ledger of the newest edition, by name."""
    edition = list(load_editions().values())[-1]
    name = f"{ledger_form().name}（{edition.name}）.xlsx"
    return {name: write_ledger(edition, workbook_form(), None, calendar)}
