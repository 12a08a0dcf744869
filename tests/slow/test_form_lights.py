"""The workbook's own lights, computed by the real LibreOffice, against the pipeline's rules.

Blank forms are filled in at random, rightly and wrongly, the way files come back: figures, text
where a number belongs, cleared cells, totals typed over.  LibreOffice opens each file, computes
all its formulas (the files carry no computed values) and saves it; then every row of 校验 must
say what the rules say of the same figures, and every light and sentence must follow from it.
"""

from __future__ import annotations

import io
import random
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import python_calamine as calamine
from lxml import etree

from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms import verdicts as words
from pipeline.forms.formulas import status_text
from pipeline.forms.live_checks import Checks, LiveCheck, live_checks
from pipeline.forms.places import STATUS_ROW, Columns, TableLayout, entry_spots, table_layout
from pipeline.forms.workbook import write_form
from pipeline.model.edition import Edition, Field
from pipeline.model.submission import Prefill
from pipeline.text.figures import MONEY_SCALE
from pipeline.text.labels import address
from pipeline.validate.rules import BROKEN, NOT_ASSESSABLE, PASSED, evaluate_rules

pytestmark = [
    pytest.mark.slow,
]

FILLINGS = 220
PRIORS = (0.0, 1.0, 1.0, 0.5, 0.9)
"""How much of last year's figures the blank forms know that the fillings start from."""

Value = int | float | str | None
VERDICTS = {words.PASSED: PASSED, words.EXEMPT: PASSED, words.BROKEN: BROKEN}


@dataclass(frozen=True)
class Filling:
    """One workbook as a clerk left it: what is in each figure's cell, and in 基本信息."""

    base: int
    prior: Mapping[str, int]
    cells: Mapping[str, Value]
    year: Value
    level: str


# ---------------------------------------------------------------------------- making fillings


def fillings(edition: Edition, seed: int) -> Iterator[Filling]:
    chance = random.Random(seed)
    priors = [_prior(edition, chance, share) for share in PRIORS]
    levels = workbook_form().entry("level").choices
    for number in range(FILLINGS):
        base = number % len(PRIORS)
        cells = _consistent(edition, chance)
        if number % 3:
            for _ in range(chance.randint(1, 6)):
                _spoil(cells, edition, chance)
        else:
            _carry_over(cells, priors[base])
        last = edition.last_year or 2025
        yield Filling(
            base=base,
            prior=priors[base],
            cells=cells,
            year=chance.choice([edition.first_year, last, last, None]),
            level=chance.choice(["", *levels[:2], levels[0]]),
        )


def _prior(edition: Edition, chance: random.Random, share: float) -> dict[str, int]:
    asked = {t.field for r in edition.rules for i in r.identities for t in i.terms if t.prior}
    return {key: chance.choice([0, 0, 1, 3]) for key in sorted(asked) if chance.random() < share}


def _consistent(edition: Edition, chance: random.Random) -> dict[str, Value]:
    """Inputs that keep table three in balance, column by column; the others small."""
    choices: dict[str, list[Value]] = {
        "money": [0, 0.1, 59237.2449, 1_000_000, 1_000_000.000001],
        "money_text": [0, "108万元", "251000元", "1.2亿元", "0"],
    }
    inputs = [field for field in edition.fields if not field.derived]
    cells = {f.key: chance.choice(choices.get(f.kind, [0, 0, 0, 1, 2, 12])) for f in inputs}
    for field in inputs:
        if not field.key.startswith("requests.received."):
            continue
        column = field.key.removeprefix("requests.received.")
        results = [k for k in cells if k.startswith("requests.results.") and k.endswith(column)]
        results = [k for k in results if edition.by_key[k].column == field.column]
        cells |= dict.fromkeys(results, 0)
        total = _whole(cells[field.key]) + _whole(cells[f"requests.carried_in.{column}"])
        open_ = min(total, chance.choice([0, 0, 1]))
        cells[f"requests.carried_out.{column}"] = open_
        for _ in range(total - open_):
            key = chance.choice(results)
            cells[key] = _whole(cells[key]) + 1
    return cells


def _whole(value: Value) -> int:
    assert isinstance(value, int)
    return value


def _carry_over(cells: dict[str, Value], prior: Mapping[str, int]) -> None:
    """Take last year's figures over where they are known, and keep the balance."""
    for key, value in prior.items():
        column = key.removeprefix("requests.carried_out.")
        if column in (key, "total"):
            continue
        into, out = f"requests.carried_in.{column}", f"requests.carried_out.{column}"
        cells[out] = max(0, _whole(cells[out]) + value - _whole(cells[into]))
        cells[into] = value


def _spoil(cells: dict[str, Value], edition: Edition, chance: random.Random) -> None:
    # By rule, so that those with few figures are broken too.
    identity = chance.choice(chance.choice(edition.rules).identities)
    field = edition.by_key[chance.choice(identity.terms).field]
    if chance.random() < 0.3:
        field = chance.choice(edition.fields)
    bad: list[Value] = [1, 2, 7, 300, None, 0]
    if chance.random() < 0.35:
        bad = ["约12", "1o", "无", 1.5, -3, "12件"]
    if field.kind == "money":
        bad = [0.1, 2_500_000, 1e-7, "三万", None]
    if field.kind == "money_text":
        bad = ["约5万元", 12, "5", "-2万元", None, "0元"]
    if field.derived:
        bad = [0, 1, 5, 12]  # a total typed over, the sheet's protection taken off
    cells[field.key] = chance.choice(bad)


# ------------------------------------------------------------------------ filled-in files


def _file(blank: bytes, edition: Edition, filling: Filling) -> bytes:
    """The blank form with the filling's cells typed in and no computed values left."""
    form = workbook_form()
    typed: dict[str, dict[str, Value]] = {}
    for table in edition.tables:
        places = table_layout(table).places.items()
        typed[table.sheet] = {
            address(*spot): filling.cells[key] for key, spot in places if key in filling.cells
        }
    spots = entry_spots(form)
    typed[form.identity] = {
        address(*spots["year"]): filling.year,
        address(*spots["level"]): filling.level or None,
    }
    source = zipfile.ZipFile(io.BytesIO(blank))
    book = etree.fromstring(source.read("xl/workbook.xml"))
    names = [str(sheet.get("name")) for sheet in book.iter("{*}sheet")]
    parts = {f"xl/worksheets/sheet{n}.xml": typed.get(name, {}) for n, name in enumerate(names, 1)}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for info in source.infolist():
            content = source.read(info)
            if info.filename in parts:
                content = _typed(content, parts[info.filename])
            out.writestr(info.filename, content)
    return target.getvalue()


def _typed(content: bytes, cells: Mapping[str, Value]) -> bytes:
    root = etree.fromstring(content)
    space = f"{{{etree.QName(root).namespace}}}"
    for cell in root.iter(f"{space}c"):
        place = str(cell.get("r"))
        if place not in cells:
            if cell.find(f"{space}f") is not None:
                cell.attrib.pop("t", None)
                for old in cell.findall(f"{space}v"):
                    cell.remove(old)
            continue
        value = cells[place]
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            etree.SubElement(etree.SubElement(cell, f"{space}is"), f"{space}t").text = value
        elif value is not None:
            etree.SubElement(cell, f"{space}v").text = repr(value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _recalculated(files: Sequence[bytes], folder: Path) -> list[Path]:
    """LibreOffice opens every file, computes it, and saves it."""
    (folder / "in").mkdir()
    names = [f"{number:03}.xlsx" for number in range(len(files))]
    for name, content in zip(names, files, strict=True):
        (folder / "in" / name).write_bytes(content)
    for start in range(0, len(names), 110):
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                "xlsx",
                "--outdir",
                str(folder / "out"),
                *(str(folder / "in" / name) for name in names[start : start + 110]),
            ],
            check=True,
            capture_output=True,
            timeout=1200,
        )
    return [folder / "out" / name for name in names]


# ------------------------------------------------------------------ what the pipeline says


def figure(field: Field, value: Value) -> int | None:
    """A cell in kept whole numbers; None where it holds what no figure can be."""
    if value is None:
        return 0
    if field.kind == "money_text":
        return _amount(value)
    if isinstance(value, str):
        return None
    kept = Decimal(repr(value)) * field.scale
    return int(kept) if kept == kept.to_integral_value() else None


def _amount(value: float | str) -> int | None:
    if not isinstance(value, str):
        return 0 if value == 0 else None
    found = re.fullmatch(r"(.*?)(亿元|万元|元|)", value)
    assert found
    try:
        number = Decimal(found[1])
    except InvalidOperation:
        return None
    scale = {"亿元": 10_000 * MONEY_SCALE, "万元": MONEY_SCALE, "元": 100, "": 0}[found[2]]
    return None if number and not scale else int(number * scale)


def figures(edition: Edition, filling: Filling) -> dict[str, int | None]:
    """Every figure in kept whole numbers; a total as its formula gives it, unless typed over."""

    def held(field: Field) -> Value:
        if field.key in filling.cells or not field.derived:
            return filling.cells.get(field.key)
        parts = (held(edition.by_key[part]) for part in field.parts)
        return sum(part for part in parts if isinstance(part, (int, float)))

    return {field.key: figure(field, held(field)) for field in edition.fields}


def verdicts(edition: Edition, made: Sequence[Filling]) -> Any:
    """What the rules say of every filling: an array (fillings, identities) of outcomes."""
    levels = workbook_form().entry("level").choices
    current = [list(figures(edition, filling).values()) for filling in made]
    earlier = [[filling.prior.get(f.key) for f in edition.fields] for filling in made]
    return evaluate_rules(
        edition,
        *_arrays(current),
        *_arrays(earlier),
        np.array([f.year if isinstance(f.year, int) else 0 for f in made], np.int64),
        tuple(filling.level or levels[0] for filling in made),
    ).outcome


def _arrays(rows: Sequence[Sequence[int | None]]) -> tuple[Any, Any]:
    known = np.array([[value is not None for value in row] for row in rows], np.bool_)
    return np.array([[value or 0 for value in row] for row in rows], np.int64), known


# --------------------------------------------------------------------------------- the test


@pytest.mark.parametrize("key", list(load_editions()))
def test_the_lights_say_what_the_rules_say(key: str, tmp_path: Path) -> None:
    edition, form = load_editions()[key], workbook_form()
    checks = live_checks(edition, form)
    made = list(fillings(edition, seed=20_200_000 + len(edition.fields)))
    blanks = {
        filling.base: write_form(edition, form, Prefill(prior=filling.prior))
        for filling in made[: len(PRIORS)]
    }
    files = [_file(blanks[filling.base], edition, filling) for filling in made]
    paths = _recalculated(files, tmp_path)
    told: Counter[tuple[str, str]] = Counter()
    judged = verdicts(edition, made)
    for number, (filling, path) in enumerate(zip(made, paths, strict=True)):
        book = calamine.CalamineWorkbook.from_path(str(path))
        outcomes = _compare_outcomes(checks, book, judged[number], filling)
        told.update((check.rule.id, outcome) for check, outcome in outcomes.items())
        for layout in checks.layouts:
            _compare_table(layout, checks, book, outcomes, figures(edition, filling))
    # The fillings try every rule, both ways.
    broken = {rule for rule, outcome in told if outcome == words.BROKEN}
    passed = {rule for rule, outcome in told if outcome == words.PASSED}
    assert broken == passed == {rule.id for rule in edition.rules}


def _sheet(book: calamine.CalamineWorkbook, name: str) -> list[list[Any]]:
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _compare_outcomes(
    checks: Checks,
    book: calamine.CalamineWorkbook,
    judged: Sequence[int],
    filling: Filling,
) -> dict[LiveCheck, str]:
    sheet = _sheet(book, checks.sheet)
    found = {check: str(sheet[check.row][Columns.OUTCOME]) for check in checks.checks}
    for (check, outcome), expected in zip(found.items(), judged, strict=True):
        sides = (sheet[check.row][Columns.LEFT], sheet[check.row][Columns.RIGHT])
        where = (check.rule.id, check.identity.subject, sides, filling)
        assert VERDICTS.get(outcome, NOT_ASSESSABLE) == expected, (outcome, where)
    return found


def _compare_table(
    layout: TableLayout,
    checks: Checks,
    book: calamine.CalamineWorkbook,
    outcomes: Mapping[LiveCheck, str],
    known: Mapping[str, int | None],
) -> None:
    """The lights follow from their rules, and the sentence above the table counts right."""
    cells, sides = _sheet(book, layout.sheet), _sheet(book, checks.sheet)
    for (axis, at), behind in checks.lights(layout).items():
        row, column = (at, layout.light_column) if axis == "row" else (layout.light_row, at)
        gravest = max(_code(check, outcomes[check], sides[check.row]) for check in behind)
        assert cells[row][column] == words.LIGHTS[gravest], (layout.sheet, axis, at)
    own = [check for check in outcomes if check.table == layout.sheet]
    broken = [check.severe for check in own if outcomes[check] == words.BROKEN]
    inputs = [(field, known[field.key]) for field in layout.table.fields if not field.derived]
    invalid = sum(v is None or (v < 0 and f.kind in ("count", "money")) for f, v in inputs)
    status = cells[STATUS_ROW][0]
    if invalid:
        assert f"有 {invalid} 格填写无效" in status
    else:
        assert status == status_text(checks.sheet, sum(broken), len(broken) - sum(broken))


def _code(check: LiveCheck, outcome: str, row: Sequence[object]) -> int:
    if outcome == words.BROKEN:
        return words.CODE_BROKEN if check.severe else words.CODE_REMIND
    if outcome == words.UNKNOWN and words.NO_PRIOR not in row:
        return words.CODE_UNKNOWN
    return words.CODE_PASSED
