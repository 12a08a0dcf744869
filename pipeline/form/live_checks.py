"""The cross-footing rules as plain spreadsheet formulas, so that the workbook checks itself.

Each identity of the edition is a row of the sheet 校验: its two sides, what they should be to
each other, and the outcome.  The formulas are those of Excel 2010 (SUM, COUNT, IF …), which WPS
and LibreOffice compute as well.  They say what :mod:`pipeline.checking.rules` says of the same figures:
an identity with a cell that is no number, or without last year's figure, is 无法核对.

Nothing is written here: this module gives places and formulas, :mod:`pipeline.form.book` writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from pipeline.checking.rules import related
from pipeline.edition import Edition, Field, Identity, Kind, Rule, Table, Term
from pipeline.intake.labels import address
from pipeline.tables import Grid, grid
from pipeline.wording import worded
from pipeline.workbook import WorkbookForm

CODES = "勾稽码"
"""The defined name of the outcome codes: conditional formats of any sheet may refer to it."""

PASSED, BROKEN, UNKNOWN, EXEMPT = "通过", "不符", "无法核对", "不适用"
REMIND = "提醒"
"""What a light says of a broken rule that is no error."""

TEXT, FRACTION, NO_PRIOR = "非数字", "小数有误", "缺上年数"
"""What stands in place of a side that has no value."""

RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        "=": "等于",
        "<=": "不大于",
        ">=": "不小于",
        "zero_together": "同为 0 或同不为 0",
        "requires": "有则须有",
    }
)
_CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        "=": "{l}={r}",
        "<=": "{l}<={r}",
        ">=": "{l}>={r}",
        "zero_together": "({l}=0)=({r}=0)",
        "requires": "OR({l}<=0,{r}>0)",
    }
)

CODE_PASSED, CODE_UNKNOWN, CODE_REMIND, CODE_BROKEN = range(4)
LIGHTS = (PASSED, UNKNOWN, REMIND, BROKEN)
"""What a light says, by the gravest code among the rules of its row or column."""

Spot = tuple[int, int]
"""A row and a column of a sheet, counted from 0."""


ENTRY_TOP = 4
"""The row of the first entry of 基本信息."""

# ---------------------------------------------------------------- where a table sheet's things are

TITLE_ROW, STATUS_ROW, HINT_ROW, GRID_TOP = range(4)


@dataclass(frozen=True, kw_only=True, slots=True)
class TableLayout:
    """The places of a table sheet: its figures by field key, its lights, its confirmation.

    ``areas`` are the rectangles (top, left, bottom, right) of figures of one kind, ``totals``
    the formulas of the derived figures.
    """

    table: Table
    grid: Grid
    places: Mapping[str, Spot]
    areas: tuple[tuple[Kind, tuple[int, int, int, int]], ...]
    totals: Mapping[str, str]

    @property
    def sheet(self) -> str:
        return self.table.sheet

    @property
    def figures_top(self) -> int:
        """The row of the first figure below the first header."""
        return min(row for row, _ in self.places.values())

    @property
    def light_column(self) -> int:
        """Right of the grid, with a narrow column between."""
        return self.grid.columns + 1

    @property
    def light_row(self) -> int:
        """Below the grid, with a low row between."""
        return GRID_TOP + self.grid.rows + 1

    @property
    def confirm(self) -> Spot:
        """The label of 本表已核对; its answer is in the cell right of it."""
        return STATUS_ROW, max(self.grid.columns - 2, 1)

    @property
    def status(self) -> str:
        return reference(self.sheet, (STATUS_ROW, 0))

    @property
    def confirmed(self) -> str:
        return reference(self.sheet, (self.confirm[0], self.confirm[1] + 1))


def table_layout(table: Table) -> TableLayout:
    """Lay a table sheet out."""
    drawn = grid(table)
    figures = [(cell, cell.field) for cell in drawn.cells if cell.field is not None]
    places = {f.key: (GRID_TOP + cell.row, cell.column) for cell, f in figures}
    kinds: dict[Kind, list[Spot]] = {}
    for field in table.fields:
        kinds.setdefault(field.kind, []).append(places[field.key])
    areas = tuple((kind, area) for kind, spots in kinds.items() for area in rectangles(spots))
    totals = {
        f.key: f"=SUM({','.join(area_text(a) for a in rectangles(places[p] for p in f.parts))})"
        for f in table.fields
        if f.derived
    }
    return TableLayout(table=table, grid=drawn, places=places, areas=areas, totals=totals)


def rectangles(spots: Iterable[Spot]) -> list[tuple[int, int, int, int]]:
    """Cells as few rectangles (top, left, bottom, right): runs across, then equal runs joined."""
    runs: list[list[int]] = []
    for row, column in sorted(set(spots)):
        if runs and runs[-1][0] == row and runs[-1][2] == column - 1:
            runs[-1][2] = column
        else:
            runs.append([row, column, column])
    found: list[tuple[int, int, int, int]] = []
    for row, left, right in runs:
        above = next((a for a in found if (a[1], a[3]) == (left, right) and a[2] == row - 1), None)
        if above is None:
            found.append((row, left, row, right))
        else:
            found[found.index(above)] = (above[0], left, row, right)
    return found


def area_text(area: tuple[int, int, int, int]) -> str:
    """``D7:I29``, or ``D7`` for one cell."""
    top, left, bottom, right = area
    first, last = address(top, left), address(bottom, right)
    return first if first == last else f"{first}:{last}"


def reference(sheet: str, spot: Spot) -> str:
    return f"'{sheet}'!{address(*spot)}"


# --------------------------------------------------------------------------------- the checks


class Columns:
    """The columns of the sheet 校验."""

    RULE, NAME, TABLE, SUBJECT, SEVERITY, TOLD, LEFT, RELATION, RIGHT, OUTCOME, LINK, REASON = (
        range(12)
    )
    CODE, BROKEN, REMINDERS, INVALID = range(12, 16)


HEADER_ROW = 3
FIRST_ROW = HEADER_ROW + 1

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
        return _last_row(len(self.checks))

    @property
    def codes(self) -> str:
        """The range of the outcome codes, for the defined name :data:`CODES`."""
        first, last = (FIRST_ROW, Columns.CODE), (self.last_row, Columns.CODE)
        return f"'{self.sheet}'!{_fixed(first)}:{_fixed(last)}"


def _last_row(count: int) -> int:
    return FIRST_ROW + max(count, 1) - 1


def entry_spots(form: WorkbookForm) -> dict[str, Spot]:
    """The input cells of the sheet 基本信息, by entry key."""
    return {entry.key: (ENTRY_TOP + i, 1) for i, entry in enumerate(form.entries)}


@lru_cache(maxsize=8)
def live_checks(edition: Edition, form: WorkbookForm) -> Checks:
    """The rules of an edition as formulas; they are the same for every unit."""
    spots = entry_spots(form)
    layouts = tuple(table_layout(table) for table in edition.tables)
    pairs = [(rule, identity) for rule in edition.rules for identity in rule.identities]
    asides_top = _last_row(len(pairs)) + 2
    earlier = dict.fromkeys(t.field for _, i in pairs for t in i.terms if t.prior)
    written = [field for field in edition.fields if field.kind == "money_text"]
    sources = {key: (o.sheet, spot) for o in layouts for key, spot in o.places.items()}
    prior = tuple(
        Aside(row=asides_top + 1 + i, field=edition.by_key[key]) for i, key in enumerate(earlier)
    )
    amounts_top = asides_top + (len(prior) + 2 if prior else 0)
    amounts = tuple(
        Aside(row=amounts_top + 1 + i, field=f, formula=_amount(reference(*sources[f.key])))
        for i, f in enumerate(written)
    )
    sides = _Sides(
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
    sides: _Sides,
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
        told=worded(rule.told, {"subject": identity.subject}),
        anchor=anchor,
        cells=cells,
        light=_light(layout, cells, anchor),
        left=sides.formula(identity.left, 0),
        right=sides.formula(identity.right, identity.constant, like=identity.left),
        outcome=_outcome(rule, row, form, entries),
        code=_code(rule, row),
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sides:
    """Formulas for sums of terms. ``aside`` has the place in 校验 of a figure that isn't taken
    from its table, by (field key, prior)."""

    edition: Edition
    sources: Mapping[str, tuple[str, Spot]]
    aside: Mapping[tuple[str, bool], Spot]

    def formula(self, terms: tuple[Term, ...], constant: int, like: tuple[Term, ...] = ()) -> str:
        """The value of a side, or a word that says why it has none."""
        scale = max((self.edition.by_key[t.field].scale for t in (*terms, *like)), default=1)
        total = "+".join(self._sums(terms)).replace("+-", "-") or "0"
        if constant:
            total += f"{constant / scale:+g}"
        if scale > 1:
            total = f"ROUND({total},6)"
        earlier = self._ranges(t for t in terms if t.prior)
        own = [t for t in terms if not t.prior]
        if earlier:
            asked = sum(term.prior for term in terms)
            total = f'IF(COUNT({",".join(earlier)})<{asked},"{NO_PRIOR}",{total})'
        if own:
            cells = ",".join(self._ranges(own))
            total = f'IF({self._broken_digits(own)},"{FRACTION}",{total})'
            total = f'IF(COUNTA({cells})>COUNT({cells}),"{TEXT}",{total})'
        return "=" + total

    def _sums(self, terms: tuple[Term, ...]) -> Iterable[str]:
        """``SUM(…)`` of the terms of each coefficient: it passes over blanks, and needs one
        mention of a run of cells."""
        for coefficient in dict.fromkeys(t.coefficient for t in terms):
            alike = [t for t in terms if t.coefficient == coefficient]
            sign = {1: "", -1: "-"}.get(coefficient, f"{coefficient}*")
            yield f"{sign}SUM({','.join(self._ranges(alike))})"

    def _broken_digits(self, terms: Sequence[Term]) -> str:
        """Whether a count has a fraction, or an amount more digits than are kept."""
        tests = []
        for term in terms:
            if (term.field, False) in self.aside:
                continue
            scale = self.edition.by_key[term.field].scale
            tests.append((scale, term))
        found = []
        for scale in dict.fromkeys(s for s, _ in tests):
            for cells in self._ranges(t for s, t in tests if s == scale):
                rounded = f"INT({cells})" if scale == 1 else f"ROUND({cells},6)"
                single = ":" not in cells
                test = f"{rounded}<>{cells}"
                found.append(test if single else f"SUMPRODUCT(--({test}))>0")
        return f"OR({','.join(found)})" if found else "FALSE"

    def _ranges(self, terms: Iterable[Term]) -> list[str]:
        """The cells of terms, runs as one range each."""
        by_sheet: dict[str, list[Spot]] = {}
        for term in terms:
            aside = self.aside.get((term.field, term.prior))
            sheet, spot = ("", aside) if aside else self.sources[term.field]
            by_sheet.setdefault(sheet, []).append(spot)
        return [
            f"'{sheet}'!{area_text(area)}" if sheet else area_text(area)
            for sheet, spots in by_sheet.items()
            for area in rectangles(spots)
        ]


def _fixed(spot: Spot) -> str:
    letters = address(0, spot[1])[:-1]
    return f"${letters}${spot[0] + 1}"


def _outcome(rule: Rule, row: int, form: WorkbookForm, entries: Mapping[str, Spot]) -> str:
    left, right = address(row, Columns.LEFT), address(row, Columns.RIGHT)
    holds = _CONDITIONS[rule.relation].format(l=left, r=right)
    judged = f'IF({holds},"{PASSED}","{BROKEN}")'
    judged = f'IF(OR(ISTEXT({left}),ISTEXT({right})),"{UNKNOWN}",{judged})'
    conditions = []
    if rule.since:
        year = f"'{form.identity}'!{_fixed(entries['year'])}"
        conditions.append(f"N({year})>={rule.since}")
    if rule.levels:
        level = f"'{form.identity}'!{_fixed(entries['level'])}"
        named = [*rule.levels]
        if form.entry("level").choices[0] in rule.levels:
            named.append("")
        conditions.append("OR(" + ",".join(f'{level}="{name}"' for name in named) + ")")
    if conditions:
        applies = conditions[0] if len(conditions) == 1 else f"AND({','.join(conditions)})"
        judged = f'IF({applies},{judged},"{EXEMPT}")'
    return "=" + judged


def _code(rule: Rule, row: int) -> str:
    outcome = address(row, Columns.OUTCOME)
    left, right = address(row, Columns.LEFT), address(row, Columns.RIGHT)
    broken = CODE_BROKEN if rule.severity == "error" else CODE_REMIND
    # That last year's figures are missing is no fault of the clerk's: no light goes out for it.
    lacking = f'AND({outcome}="{UNKNOWN}",{left}<>"{NO_PRIOR}",{right}<>"{NO_PRIOR}")'
    return f'=IF({outcome}="{BROKEN}",{broken},IF({lacking},{CODE_UNKNOWN},{CODE_PASSED}))'


def _amount(cell: str) -> str:
    """An amount with its own unit in 万元; a word when it can't be told."""
    scales = (("亿元", "*10000"), ("万元", ""), ("万", ""), ("元", "/10000"))
    found = f"IF(VALUE({cell})=0,0,NA())"
    for unit, factor in reversed(scales):
        number = f"VALUE(LEFT({cell},LEN({cell})-{len(unit)})){factor}"
        found = f'IF(RIGHT({cell},{len(unit)})="{unit}",{number},{found})'
    texts = f'IF(TRIM({cell})="",0,IFERROR({found},"{TEXT}"))'
    return f'=IF(ISNUMBER({cell}),IF({cell}=0,0,"{TEXT}"),{texts})'


# ------------------------------------------------------------------ what a table sheet says


_DIGITS: Mapping[Kind, int] = {"money": 6, "yuan": 2}
"""How many decimals an amount has at most: down to 分."""


def invalid(kind: Kind, cell: str) -> str:
    """A condition (no ``=``) that a cell holds what a figure of its kind can't be."""
    if kind == "money_text":
        units = f'IF(RIGHT({cell},2)="万元",2,IF(RIGHT({cell},2)="亿元",2,1))'
        amount = f'AND(RIGHT({cell},1)="元",VALUE(LEFT({cell},LEN({cell})-{units}))>=0)'
        text = f"IF(ISBLANK({cell}),FALSE,NOT(IFERROR({amount},FALSE)))"
        return f"IF(ISNUMBER({cell}),{cell}<>0,{text})"
    digits = _DIGITS.get(kind)
    whole = f"ROUND({cell},{digits})<>{cell}" if digits else f"INT({cell})<>{cell}"
    wrong = whole if kind == "signed" else f"OR({cell}<0,{whole})"
    return f"IF(ISNUMBER({cell}),{wrong},NOT(ISBLANK({cell})))"


def _faults(kind: Kind, cells: str) -> Iterable[str]:
    """Counts of the inputs that hold no figure of their kind; amounts with their own unit are
    told by what they turn into."""
    if kind == "money_text":
        return
    yield f"COUNTA({cells})-COUNT({cells})"
    if kind != "signed":
        yield f'COUNTIF({cells},"<0")'
    if kind in _DIGITS:
        yield f"IFERROR(SUMPRODUCT(--(ROUND({cells},{_DIGITS[kind]})<>{cells})),0)"
    else:
        # A fraction by its point, since INT would fail at the first text among the cells.
        yield f'SUMPRODUCT(ISNUMBER({cells})*ISNUMBER(FIND(".",{cells})))'


def _tally(layout: TableLayout, count: int, amounts: Sequence[Aside]) -> tuple[str, str, str]:
    last = _last_row(count)

    def rows(column: int) -> str:
        return f"{_fixed((FIRST_ROW, column))}:{_fixed((last, column))}"

    counted = [
        f'=COUNTIFS({rows(Columns.TABLE)},"{layout.sheet}",{rows(Columns.CODE)},{code})'
        for code in (CODE_BROKEN, CODE_REMIND)
    ]
    terms: list[str] = []
    for kind in dict.fromkeys(field.kind for field in layout.table.fields):
        inputs = [f for f in layout.table.fields if f.kind == kind and not f.derived]
        for area in rectangles(layout.places[f.key] for f in inputs):
            terms += _faults(kind, f"'{layout.sheet}'!{area_text(area)}")
    for aside in amounts:
        if aside.field.table == layout.table.key:
            terms.append(f"--ISTEXT({address(aside.row, Columns.LEFT)})")
    return counted[0], counted[1], "=" + "+".join(terms)


def status(sheet: str, tally_row: int) -> str:
    """The sentence at the top of a table sheet."""
    bad, remind, wrong = (
        f"'{sheet}'!{_fixed((tally_row, column))}"
        for column in (Columns.BROKEN, Columns.REMINDERS, Columns.INVALID)
    )
    more = f"（详见“{sheet}”）"
    passed = f'IF({remind}=0,"全部{PASSED}","无错误，有 "&{remind}&" 处{REMIND}{more}")'
    broken = f'IF({bad}>0,"有 "&{bad}&" 处{BROKEN}{more}","")'
    no_number = f'IF({wrong}>0,"有 "&{wrong}&" 格填写无效，已标红","")'
    joint = f'IF(AND({bad}>0,{wrong}>0),"，","")'
    return f'="本表勾稽："&IF({bad}+{wrong}=0,{passed},{broken}&{joint}&{no_number})'


def status_text(sheet: str, broken: int, reminders: int) -> str:
    """What :func:`status` says of valid figures: the value kept beside the formula."""
    if broken:
        told = f"有 {broken} 处{BROKEN}（详见“{sheet}”）"
    elif reminders:
        told = f"无错误，有 {reminders} 处{REMIND}（详见“{sheet}”）"
    else:
        told = f"全部{PASSED}"
    return f"本表勾稽：{told}"


def light(sheet: str, checks: Sequence[LiveCheck]) -> str:
    """The formula of a light: the gravest outcome of its rules."""
    spots = ((check.row, Columns.CODE) for check in checks)
    areas = [f"'{sheet}'!{area_text(area)}" for area in rectangles(spots)]
    words = ",".join(f'"{word}"' for word in LIGHTS)
    return f"=CHOOSE(1+MAX({','.join(areas)}),{words})"


def alarm(check: LiveCheck) -> str:
    """The condition under which the cells of an identity are coloured."""
    return f"=INDEX({CODES},{check.row - FIRST_ROW + 1})>={CODE_REMIND}"


# -------------------------------------------------------- the values kept beside the formulas


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the formulas of an identity give; a side is a number as shown, or a word."""

    left: int | float | str
    right: int | float | str
    outcome: str
    code: int


def outcomes(
    checks: Checks,
    edition: Edition,
    figures: Mapping[str, int],
    prior: Mapping[str, int],
    year: int,
    level: str,
) -> tuple[Outcome, ...]:
    """What each formula gives for known figures: readers that don't recalculate see these."""
    return tuple(_judged(c, edition, figures, prior, year, level) for c in checks.checks)


def _judged(
    check: LiveCheck,
    edition: Edition,
    figures: Mapping[str, int],
    prior: Mapping[str, int],
    year: int,
    level: str,
) -> Outcome:
    rule, identity = check.rule, check.identity
    left = _sum(identity.left, figures, prior)
    right = _sum(identity.right, figures, prior)
    exempt = year < rule.since or (rule.levels and level not in rule.levels)
    if right is not None:
        right += identity.constant
    if exempt:
        outcome = EXEMPT
    elif left is None or right is None:
        outcome = UNKNOWN
    else:
        outcome = PASSED if related(rule.relation, left, right) else BROKEN
    code = CODE_PASSED
    if outcome == BROKEN:
        code = CODE_BROKEN if check.severe else CODE_REMIND
    scale = max(edition.by_key[t.field].scale for t in identity.terms)
    sides = [(identity.left, left), (identity.right, right)]
    shown = []
    for terms, value in sides:
        own = max((edition.by_key[t.field].scale for t in terms), default=scale)
        shown.append(NO_PRIOR if value is None else as_shown(value, own))
    return Outcome(shown[0], shown[1], outcome, code)


def _sum(
    terms: tuple[Term, ...], figures: Mapping[str, int], prior: Mapping[str, int]
) -> int | None:
    total = 0
    for term in terms:
        value = prior.get(term.field) if term.prior else figures[term.field]
        if value is None:
            return None
        total += term.coefficient * value
    return total


def as_shown(value: int, scale: int) -> int | float:
    """A kept whole number as a cell holds it: 件, or 万元 with decimals."""
    return value if scale == 1 else value / scale
