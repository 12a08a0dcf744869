"""Ledgers for the tests: sheets as a clerk leaves them, and requests drawn at random."""

from __future__ import annotations

import datetime
import random
from collections.abc import Mapping, Sequence

from pipeline.declare.ledger import (
    LedgerSheet,
    applicant_choices,
    columns,
    dispute_groups,
    ledger_form,
    outcome_choices,
    result_choices,
)
from pipeline.model.edition import Edition
from pipeline.sheets.workbook import Sheet
from pipeline.text.figures import Raw

FORM = ledger_form()
Line = Mapping[str, Raw]


def ledger_sheet(edition: Edition, ask: LedgerSheet, lines: Sequence[Line]) -> Sheet:
    """A ledger's sheet as a spreadsheet reader gives it."""
    asked = columns(ask, edition, FORM)
    header = [column.label for column in asked]
    body = [[line.get(column.key, "") for column in asked] for line in lines]
    return Sheet(ask.sheet, [[ask.caption], [], [ask.guidance], header, *body])


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def request(number: str, came: str, answered: str = "", **more: Raw) -> dict[str, Raw]:
    """A line of 依申请公开台账: a natural person's request, granted where it is answered."""
    line: dict[str, Raw] = {"number": number, "came": day(came), "applicant": "自然人"}
    if answered:
        line |= {"answered": day(answered), "result": "（一）予以公开"}
    return line | more


def random_requests(edition: Edition, seed: int, count: int, year: int) -> list[dict[str, Raw]]:
    """Lines of 依申请公开台账 around a year, complete and in any state."""
    rng, counting = random.Random(seed), FORM.counting
    first, last = datetime.date(year - 1, 7, 1), datetime.date(year, 12, 31)
    span = (last - first).days
    lines = []

    def later(than: datetime.date, most: int) -> datetime.date:
        return than + datetime.timedelta(days=rng.randint(0, most))

    for number in range(count):
        came = first + datetime.timedelta(days=rng.randint(0, span))
        line: dict[str, Raw] = {
            "number": f"{number + 1:03}",
            "came": came,
            "channel": rng.choice(FORM.channels).label,
            "applicant": rng.choice(applicant_choices(edition, counting)).label,
        }
        if rng.random() < 0.3:
            line["confirmed"] = later(came, 9)
        if rng.random() < 0.25:
            line["correction_asked"] = asked = later(came, 14)
            if rng.random() < 0.7:
                line["corrected"] = later(asked, 20)
        if rng.random() < 0.3:
            line["consulted"] = consulted = later(came, 45)
            if rng.random() < 0.7:
                line["heard"] = later(consulted, 25)
        if rng.random() < 0.3:
            line["extension_told"] = later(came, 40)
            line["extension"] = rng.randint(1, 20)
        if rng.random() < 0.7:
            line["answered"] = later(came, 90)
            line["result"] = rng.choice(result_choices(edition, counting)).label
        for group in dispute_groups(edition, counting):
            if rng.random() < 0.1:
                key = ".".join(node.key for node in group)
                line[f"disputes.{key}"] = rng.choice(outcome_choices(edition, counting, key)).label
        lines.append(line)
    return lines
