"""The cross-footing rules as plain spreadsheet formulas, so that the workbook checks itself.

Each identity of the edition is a row of the sheet 校验: its two sides, what they should be to
each other, and the outcome.

Nothing is written here: this module gives places and formulas, :mod:`pipeline.forms.workbook` writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipeline.books.cells import Spot, area_text, fixed, rectangles, reference
from pipeline.forms.formulas import Sides, amount_formula, code_formula, faults, outcome_formula
from pipeline.forms.places import (
    FIRST_ROW,
    Columns,
    TableLayout,
    entry_spots,
    last_row,
    table_layout,
)
from pipeline.forms.verdicts import CODE_BROKEN, CODE_REMIND, LIGHTS
from pipeline.model.edition import Edition, Field, Identity, Rule
from pipeline.model.workbook_form import WorkbookForm
from pipeline.text.labels import address
from pipeline.text.wording import fill_words

CODES = "勾稽码"
"""The defined name of the outcome codes: conditional formats of any sheet may refer to it."""

Axis = Literal["row", "column"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveCheck:
    """An identity with its formulas. ``row`` is its row in 校验; ``cells`` are the figures of
    this year it speaks of, on the sheet of ``table``; ``light`` is where its light shines."""

    rule: Rule
    identity: Identity
    row: int
    table: str
    told: str
    anchor: Spot
    cells: tuple[Spot, ...]
    light: tuple[Axis, int]
    left: str
    right: str
    outcome: str
    code: str

    @property
    def severe(self) -> bool:
        return self.rule.severity == "error"


@dataclass(frozen=True, kw_only=True, slots=True)
class Aside:
    """A figure that the formulas need besides those of the tables, in a row of its own below
    the rules: one of last year, or an amount turned into 万元."""

    row: int
    field: Field
    formula: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checks:
    """Everything that the sheet 校验 and the lights of the table sheets compute.

    ``tally`` has for each table, in order, the formulas of its broken rules, reminders and
    invalid cells, which stand in hidden columns of 校验.
    """

    sheet: str
    layouts: tuple[TableLayout, ...]
    checks: tuple[LiveCheck, ...]
    prior: tuple[Aside, ...]
    amounts: tuple[Aside, ...]
    tally: tuple[tuple[str, str, str], ...]

    def lights(self, layout: TableLayout) -> dict[tuple[Axis, int], list[LiveCheck]]:
        """The rules behind each light of a table sheet."""
        found: dict[tuple[Axis, int], list[LiveCheck]] = {}
        for check in self.checks:
            if check.table == layout.sheet:
                found.setdefault(check.light, []).append(check)
        return found

    @property
    def last_row(self) -> int:
        """The last row of rules in 校验; there is one even when there is no rule."""
        return last_row(len(self.checks))

    @property
    def codes(self) -> str:
        """The range of the outcome codes, for the defined name :data:`CODES`."""
        first, last = (FIRST_ROW, Columns.CODE), (self.last_row, Columns.CODE)
        return f"'{self.sheet}'!{fixed(first)}:{fixed(last)}"


@lru_cache(maxsize=8)
def live_checks(edition: Edition, form: WorkbookForm) -> Checks:
    """The rules of an edition as formulas; they are the same for every unit."""
    spots = entry_spots(form)
    layouts = tuple(table_layout(table) for table in edition.tables)
    pairs = [(rule, identity) for rule in edition.rules for identity in rule.identities]
    asides_top = last_row(len(pairs)) + 2
    earlier = dict.fromkeys(t.field for _, i in pairs for t in i.terms if t.prior)
    written = [field for field in edition.fields if field.kind == "money_text"]
    sources = {key: (o.sheet, spot) for o in layouts for key, spot in o.places.items()}
    prior = tuple(
        Aside(row=asides_top + 1 + i, field=edition.by_key[key]) for i, key in enumerate(earlier)
    )
    amounts_top = asides_top + (len(prior) + 2 if prior else 0)
    amounts = tuple(
        Aside(row=amounts_top + 1 + i, field=f, formula=amount_formula(reference(*sources[f.key])))
        for i, f in enumerate(written)
    )
    sides = Sides(
        edition=edition,
        sources=sources,
        aside={
            **{(a.field.key, True): (a.row, Columns.LEFT) for a in prior},
            **{(a.field.key, False): (a.row, Columns.LEFT) for a in amounts},
        },
    )
    by_key = {layout.table.key: layout for layout in layouts}
    checks = tuple(
        _check(rule, identity, FIRST_ROW + i, by_key[rule.table], sides, form, spots)
        for i, (rule, identity) in enumerate(pairs)
    )
    tally = tuple(_tally(layout, len(pairs), amounts) for layout in layouts)
    return Checks(
        sheet=form.checks.sheet,
        layouts=layouts,
        checks=checks,
        prior=prior,
        amounts=amounts,
        tally=tally,
    )


def _check(
    rule: Rule,
    identity: Identity,
    row: int,
    layout: TableLayout,
    sides: Sides,
    form: WorkbookForm,
    entries: Mapping[str, Spot],
) -> LiveCheck:
    own = [term.field for term in identity.terms if not term.prior]
    told = identity.right if len(identity.right) == 1 and not identity.right[0].prior else ()
    anchor = next(layout.places[t.field] for t in (*told, *identity.left) if not t.prior)
    cells = tuple(dict.fromkeys(layout.places[key] for key in own))
    return LiveCheck(
        rule=rule,
        identity=identity,
        row=row,
        table=layout.sheet,
        told=fill_words(rule.statement, {"subject": identity.subject}),
        anchor=anchor,
        cells=cells,
        light=_light(layout, cells, anchor),
        left=sides.formula(identity.left, 0),
        right=sides.formula(identity.right, identity.constant, like=identity.left),
        outcome=outcome_formula(rule, row, form, entries),
        code=code_formula(rule, row),
    )


def _light(layout: TableLayout, cells: Sequence[Spot], anchor: Spot) -> tuple[Axis, int]:
    """Beside the one row, or below the one column, that an identity speaks of.

    A table of one unlabelled row has its lights below the totals; one of several blocks has no
    place below a column.
    """
    if not any(block.rows for block in layout.table.blocks):
        return "column", anchor[1]
    one_column = len({column for _, column in cells}) == 1
    if one_column and len(cells) > 1 and len(layout.table.blocks) == 1:
        return "column", anchor[1]
    return "row", anchor[0]


def _tally(layout: TableLayout, count: int, amounts: Sequence[Aside]) -> tuple[str, str, str]:
    last = last_row(count)

    def rows(column: int) -> str:
        return f"{fixed((FIRST_ROW, column))}:{fixed((last, column))}"

    counted = [
        f'=COUNTIFS({rows(Columns.TABLE)},"{layout.sheet}",{rows(Columns.CODE)},{code})'
        for code in (CODE_BROKEN, CODE_REMIND)
    ]
    terms: list[str] = []
    for kind in dict.fromkeys(field.kind for field in layout.table.fields):
        inputs = [f for f in layout.table.fields if f.kind == kind and not f.derived]
        for area in rectangles(layout.places[f.key] for f in inputs):
            terms += faults(kind, f"'{layout.sheet}'!{area_text(area)}")
    for aside in amounts:
        if aside.field.table == layout.table.key:
            terms.append(f"--ISTEXT({address(aside.row, Columns.LEFT)})")
    return counted[0], counted[1], "=" + "+".join(terms)


def light(sheet: str, checks: Sequence[LiveCheck]) -> str:
    """The formula of a light: the gravest outcome of its rules."""
    spots = ((check.row, Columns.CODE) for check in checks)
    areas = [f"'{sheet}'!{area_text(area)}" for area in rectangles(spots)]
    words = ",".join(f'"{word}"' for word in LIGHTS)
    return f"=CHOOSE(1+MAX({','.join(areas)}),{words})"


def alarm(check: LiveCheck) -> str:
    """The condition under which the cells of an identity are coloured."""
    return f"=INDEX({CODES},{check.row - FIRST_ROW + 1})>={CODE_REMIND}"
