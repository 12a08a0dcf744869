"""What is left in the prose of another year, of another unit, or of a draft that nobody finished.

Each check is a pure function over one paragraph; the words are declared in ``remnants.toml``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.declare.loading import Declaration
from pipeline.model.declared import Declared
from pipeline.prose.mentions import LONGEST, normalise_prose


class YearsShape(Declared):
    """The words round a year that isn't the report's."""

    begins: tuple[str, ...]
    founded: tuple[str, ...]
    meant: tuple[str, ...]
    self: tuple[str, ...]
    verbs: tuple[str, ...]
    announced: tuple[str, ...]


class PlansShape(Declared):
    """The words that tell what is to come."""

    future: tuple[str, ...]
    ahead: tuple[str, ...]


class NamesShape(Declared):
    """How the names of units end, and where a report names its own; ``alike`` in percent."""

    endings: tuple[str, ...]
    general: tuple[str, ...]
    places: str
    acts: tuple[str, ...]
    alike: int


class PlaceholdersShape(Declared):
    """What stands where something was to be filled in."""

    words: tuple[str, ...]
    patterns: tuple[str, ...]


class CountsShape(Declared):
    """Counts without a number, numbers without a counter."""

    patterns: tuple[str, ...]
    numerals: str


class EndingsShape(Declared):
    """How a sentence ends that breaks off."""

    marks: str
    words: str
    nouns: tuple[str, ...]
    predicates: str


class RemnantsShape(Declared):
    """The whole of ``remnants.toml``."""

    years: YearsShape
    plans: PlansShape
    names: NamesShape
    placeholders: PlaceholdersShape
    counts: CountsShape
    endings: EndingsShape


DECLARATION: Declaration[RemnantsShape] = Declaration(
    Path(__file__).parent / "remnants.toml", RemnantsShape
)


@dataclass(frozen=True, slots=True)
class Remnant:
    """Something left over or unfinished: the rule of its message, what stands there, and the
    sentence that it stands in."""

    rule: str
    mark: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Rules:
    """The compiled words of ``remnants.toml``."""

    begins: re.Pattern[str]
    meant: re.Pattern[str]
    own: re.Pattern[str]
    announced: re.Pattern[str]
    future: re.Pattern[str]
    ahead: re.Pattern[str]
    names: tuple[re.Pattern[str], ...]
    placeholders: re.Pattern[str]
    counts: re.Pattern[str]
    numerals: re.Pattern[str]


def _any(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, words))


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    said = DECLARATION.load()
    years, plans, names = said.years, said.plans, said.names
    unit = rf"(?P<unit>[\u4e00-\u9fff]{{2,24}}?(?:{_any(names.endings)}))"
    return _Rules(
        begins=re.compile(
            rf"^(?P<year>20[0-9]{{2}})年度?(?!(?:{_any(years.founded)}))(?={_any(years.begins)})"
        ),
        meant=re.compile(_any(years.meant)),
        own=re.compile(
            rf"(?:{_any(years.self)})在?(?P<year>20[0-9]{{2}})年度?(?:共|全年|累计)?"
            rf"(?:{_any(years.verbs)})"
        ),
        announced=re.compile(_any(years.announced)),
        future=re.compile(
            rf"(?P<year>20[0-9]{{2}})年度?，?[^。；，]{{0,12}}(?<![现即])将(?:{_any(plans.future)})"
            r"|(?<![现即])将在(?P<during>20[0-9]{2})年"
        ),
        ahead=re.compile(rf"(?:{_any(plans.ahead)})[^。；]{{0,20}}?(?P<year>20[0-9]{{2}})年"),
        names=(
            re.compile(rf"(?:现公布|现将|现发布|公布|编制了?|发布){unit}20[0-9]{{2}}年"),
            re.compile(
                rf"(?:请与|请联系|请向|联系|可向){unit}[^，。；]{{0,8}}(?:联系|咨询|反映|$)"
            ),
            re.compile(rf"^(?:20[0-9]{{2}}年度?，)?{unit}(?={_any(names.acts)})"),
        ),
        placeholders=re.compile(
            "|".join((*said.placeholders.patterns, _any(said.placeholders.words)))
        ),
        counts=re.compile("|".join(said.counts.patterns)),
        numerals=re.compile(f"[{said.counts.numerals}]"),
    )


def find_remnants(
    text: str, year: int, unit: str = "", *, introduction: bool = False
) -> Iterator[Remnant]:
    """What is left over or unfinished in a paragraph of the report of a ``unit`` and ``year``.

    ``introduction``: the paragraph is of the part that says what the report is of.
    """
    yield from _placeholders(text)
    plain = normalise_prose(text)
    yield from _broken_off(plain)
    for sentence in re.split("[。！？\n]", plain):
        if not sentence or len(sentence) > LONGEST:
            continue
        if year and "20" in sentence:
            yield from _years(sentence, year, introduction)
        yield from _counts(sentence)
        if unit:
            yield from _other_units(sentence, unit)


def _placeholders(text: str) -> Iterator[Remnant]:
    for found in _rules().placeholders.finditer(text):
        yield Remnant("prose.placeholder", found.group(), text)


# ------------------------------------------------------------------------------ years

_PERIOD = re.compile(r"(?P<year>20[0-9]{2})年1月1日")
_YEAR = re.compile(r"(?<![0-9〔\[])(20[0-9]{2})年")
_TITLE = re.compile(
    r"(?P<year>20[0-9]{2})年度?(?:政府信息公开|政务公开|信息公开)(?:工作)?(?:情况)?(?:年度)?(?:报告|年报|工作)"
)


def _years(sentence: str, year: int, introduction: bool) -> Iterator[Remnant]:
    rules = _rules()
    plain = re.sub("《[^》]*》", lambda quoted: "＊" * len(quoted.group()), sentence)
    told = {int(found) for found in _YEAR.findall(plain)}
    period = _PERIOD.search(plain)
    if period and int(period["year"]) != year and re.search("12月31日|统计|期限|止", plain):
        rule = "prose.period" if introduction else "prose.year"
        yield Remnant(rule, period.group(), sentence)
        return
    plan = _plan(plain, year)
    if plan:
        yield Remnant("prose.plan", plan, sentence)
        return
    if introduction:
        title = _TITLE.search(plain)
        if title and int(title["year"]) != year and rules.announced.search(plain):
            yield Remnant("prose.year", title.group(), sentence)
            return
    if year in told or rules.meant.search(plain):
        return
    for found in (rules.begins.search(plain), rules.own.search(plain)):
        if found and int(found["year"]) < year:
            yield Remnant("prose.year", f"{found['year']}年", sentence)
            return


def _plan(plain: str, year: int) -> str:
    """The year of a plan that is no year to come; empty where there is none."""
    for pattern in (_rules().future, _rules().ahead):
        for found in pattern.finditer(plain):
            told = found.groupdict().get("during") or found["year"]
            if int(told) <= year:
                return f"{told}年"
    return ""


# --------------------------------------------------------------------------- other units


def _other_units(sentence: str, unit: str) -> Iterator[Remnant]:
    for pattern in _rules().names:
        for found in pattern.finditer(sentence):
            if _is_other(found["unit"], unit):
                yield Remnant("prose.other_unit", found["unit"], sentence)
                return


def _is_other(named: str, unit: str) -> bool:
    said = _names()
    if len(named) < 4 or named.startswith(said.general):
        return False
    own, other = _core(unit), _core(named)
    if own in other or other in own:
        return False
    alike = difflib.SequenceMatcher(None, _without_place(own), _without_place(other)).ratio()
    return alike * 100 < said.alike


@lru_cache(maxsize=1)
def _names() -> NamesShape:
    return DECLARATION.load().names


def _core(name: str) -> str:
    return re.sub("(?:人民政府|街道办事处|办事处|办公室)+$", "", name) or name


def _without_place(name: str) -> str:
    """A name without the place that it begins with and its ending: 示例区民政局 → 民政."""
    name = re.sub(rf"^.{{1,10}}(?:{_names().places})(?=.{{2}})", "", name)
    return re.sub(f"(?:{_any(_names().endings)})$", "", name)


# ------------------------------------------------------------------ counts and endings


def _counts(sentence: str) -> Iterator[Remnant]:
    rules = _rules()
    for found in rules.counts.finditer(sentence):
        written = found.group()
        if (
            not written[-1:].isalnum()
            or not rules.numerals.search(written[:-2])
            or any(character.isdigit() for character in written)
        ):
            yield Remnant("prose.no_number", written, sentence)


def _broken_off(plain: str) -> Iterator[Remnant]:
    said = _endings()
    text = plain.rstrip()
    if len(text) < 8:
        return
    last = re.split("[。！？；]", text)[-1]
    if text[-1] in said.marks or (last and text[-1] in said.words and "《" not in last):
        yield Remnant("prose.broken_off", last[-20:], last or text[-40:])
        return
    for sentence in re.split("[。！？\n]", text):
        clauses = sentence.split("，")
        counted = [c for c in clauses[:-1] if re.search("[0-9][件条份个宗]$", c)]
        end = clauses[-1]
        if (
            len(counted) >= 2
            and end.endswith(said.nouns)
            and len(end) <= 16
            and not re.search(f"[0-9{said.predicates}]", end.replace("有效", ""))
        ):
            yield Remnant("prose.broken_off", end, sentence)


@lru_cache(maxsize=1)
def _endings() -> EndingsShape:
    return DECLARATION.load().endings
