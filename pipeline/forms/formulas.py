"""The formulas of the cross-footing rules: those of Excel 2010 (SUM, COUNT, IF …), which WPS and
LibreOffice compute as well.

They say what :mod:`pipeline.validate.rules` says of the same figures: an identity with a cell that is
no number, or without last year's figure, is 无法核对.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.books.cells import Spot, area_text, fixed, rectangles
from pipeline.forms.places import Columns
from pipeline.forms.verdicts import (
    BROKEN,
    CODE_BROKEN,
    CODE_PASSED,
    CODE_REMIND,
    CODE_UNKNOWN,
    EXEMPT,
    FRACTION,
    NO_PRIOR,
    PASSED,
    REMIND,
    TEXT,
    UNKNOWN,
)
from pipeline.model.edition import Edition, Rule, Term
from pipeline.model.workbook_form import WorkbookForm
from pipeline.text.figures import Kind
from pipeline.text.labels import address

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


# ------------------------------------------------------------------------ the two sides


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
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


# ------------------------------------------------------------------------ what they come to


def outcome_formula(rule: Rule, row: int, form: WorkbookForm, entries: Mapping[str, Spot]) -> str:
    """What an identity comes to, in words; ``entries`` are the places of the year and the level,
    where a rule holds for some only."""
    left, right = address(row, Columns.LEFT), address(row, Columns.RIGHT)
    holds = _CONDITIONS[rule.relation].format(l=left, r=right)
    judged = f'IF({holds},"{PASSED}","{BROKEN}")'
    judged = f'IF(OR(ISTEXT({left}),ISTEXT({right})),"{UNKNOWN}",{judged})'
    conditions = []
    if rule.since:
        year = f"'{form.identity}'!{fixed(entries['year'])}"
        conditions.append(f"N({year})>={rule.since}")
    if rule.levels:
        level = f"'{form.identity}'!{fixed(entries['level'])}"
        named = [*rule.levels]
        if form.entry("level").choices[0] in rule.levels:
            named.append("")
        conditions.append("OR(" + ",".join(f'{level}="{name}"' for name in named) + ")")
    if conditions:
        applies = conditions[0] if len(conditions) == 1 else f"AND({','.join(conditions)})"
        judged = f'IF({applies},{judged},"{EXEMPT}")'
    return "=" + judged


def code_formula(rule: Rule, row: int) -> str:
    """How grave that is, as a number."""
    outcome = address(row, Columns.OUTCOME)
    left, right = address(row, Columns.LEFT), address(row, Columns.RIGHT)
    broken = CODE_BROKEN if rule.severity == "error" else CODE_REMIND
    # That last year's figures are missing is no fault of the clerk's: no light goes out for it.
    lacking = f'AND({outcome}="{UNKNOWN}",{left}<>"{NO_PRIOR}",{right}<>"{NO_PRIOR}")'
    return f'=IF({outcome}="{BROKEN}",{broken},IF({lacking},{CODE_UNKNOWN},{CODE_PASSED}))'


def amount_formula(cell: str) -> str:
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


def faults(kind: Kind, cells: str) -> Iterable[str]:
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


def status(sheet: str, tally_row: int) -> str:
    """The sentence at the top of a table sheet."""
    bad, remind, wrong = (
        f"'{sheet}'!{fixed((tally_row, column))}"
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
