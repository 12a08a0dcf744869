"""Figures cited in the prose: 【新收申请总数】 in a text cell becomes the number in the report.

A name stands for a sum of the edition, a counted fact of active disclosure, the 信息处理费, or who
and which year the report is of.  A county's own workbook (本级) may also cite the sums of all its units,
【全区新收申请总数】.  What stands in 【】 and is no name is left as it was typed: as in 【解读】, the
brackets are also plain punctuation.
"""

from __future__ import annotations

import difflib
import heapq
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from pipeline.model.edition import Edition, Measure, Node
from pipeline.model.submission import Fact, Passage, ProcessingFee, Submission
from pipeline.model.workbook_form import WorkbookForm
from pipeline.text.figures import format_value
from pipeline.text.labels import normalise

_CITED = re.compile(r"【([^【】\n]{1,40})】")
_COUNTED = re.compile(r"\s*(?:件|条|次|份|项|个|人|万元|元|亿元|%|％)")
_LIKE_A_NAME = re.compile(r"(?:数|量|额|同比|占比|率|年度)$")
_NEAR = 0.6

Figures = Mapping[str, int | None]
"""Kept whole numbers by field key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Citable:
    """Something that prose may cite: its names, the first of them the usual one."""

    names: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Strange:
    """A 【】 that was meant as a name and has no value.

    ``nearest`` is the name it is most like; empty when it is one whose figure isn't known.
    """

    written: str
    nearest: str


# ---------------------------------------------------------------------------- what there is


@lru_cache(maxsize=16)
def citable(edition: Edition, form: WorkbookForm) -> tuple[Citable, ...]:
    """Everything that a unit's prose may cite, whatever its counted facts turn out to be."""
    citing = form.citing
    return (
        Citable(names=(citing.unit,), meaning=form.entry("unit").label),
        Citable(names=(citing.self,), meaning=form.entry("self").label),
        Citable(names=(citing.year,), meaning="报告的年度，如 2024"),
        Citable(names=(citing.last_year,), meaning="报告年度的上一年，如 2023"),
        *citable_figures(edition, form),
    )


@lru_cache(maxsize=16)
def citable_figures(edition: Edition, form: WorkbookForm) -> tuple[Citable, ...]:
    """The figures that prose may cite: of a unit by these names, of a county's sums by the same
    names behind one of ``form.citing.county_prefixes``."""
    citing, facts = form.citing, form.facts
    found = [Citable(names=(facts.total,), meaning=f"“{facts.caption}”各渠道条数之和")]
    for channel in facts.channels:
        meaning = f"“{facts.caption}”中“{channel}”的条数之和"
        found.append(Citable(names=_channel_names(channel, form), meaning=meaning))
    for measure in (*edition.measures, *edition.sums):
        found.append(Citable(names=_names(measure), meaning=f"{measure.label}（{measure.unit}）"))
    for node, names in _fee_names(edition):
        found.append(Citable(names=names, meaning=f"{node.label}（{node.unit}）"))
    for measure in edition.measures:
        change = tuple(citing.change.format(name=name) for name in _names(measure))
        if measure is edition.measures[0]:
            change = (citing.default_change, *change)
        found.append(
            Citable(names=change, meaning=f"{measure.label}与上年相比，如“增长25%”“下降3.5%”")
        )
    return tuple(found)


def field_names(
    edition: Edition, form: WorkbookForm, county: str | None = None
) -> Sequence[tuple[str, str]]:
    """The names to print in the form, each with what it stands for.

    ``county`` is the name of the county whose own workbook (本级) it is, empty where that is not
    known yet, None for a unit's: the county's own workbook may cite the county's sums too.
    """
    names = [(found.names[0], found.meaning) for found in citable(edition, form)]
    if county is None:
        return names
    citing = form.citing
    prefix = county_prefix(county, form)
    names.append((citing.reporting_units, f"{prefix}已经报送并通过的单位数，不计入汇总的也算"))
    names.append((citing.added_units, f"{prefix}各表实际加总的单位数"))
    return names + [
        (prefix + found.names[0], f"{prefix}合计：{found.meaning}")
        for found in citable_figures(edition, form)
    ]


def county_prefix(county: str, form: WorkbookForm) -> str:
    """The prefix by which the prose of a county names its sums: 全县 for 示例县."""
    prefixes = form.citing.county_prefixes
    return next((one for one in prefixes if county.endswith(one[-1])), prefixes[0])


def _names(measure: Measure) -> tuple[str, ...]:
    return (*measure.names, measure.label)


def _fee_names(edition: Edition) -> Iterator[tuple[Node, tuple[str, ...]]]:
    if edition.fee is not None:
        for node in edition.fee.nodes:
            yield node, edition.fee.names(node)


def _channel_names(channel: str, form: WorkbookForm) -> tuple[str, ...]:
    short = form.facts.short.get(channel, channel)
    names = [
        pattern.format(channel=name)
        for name in (short, channel)
        for pattern in form.facts.by_channel
    ]
    return tuple(dict.fromkeys(names))


# ------------------------------------------------------------------------- what they stand for


def unit_values(
    submission: Submission, prior: Submission | None, edition: Edition, form: WorkbookForm
) -> dict[str, str]:
    """What each name stands for in a unit's prose, by normalised name.

    ``prior`` is the unit's workbook of the year before in terms of the same edition.  A name
    whose figure isn't known has no value.
    """
    citing, identity = form.citing, submission.identity
    keys = [figure.key for figure in edition.fields]
    values = _values(
        edition,
        form,
        dict(zip(keys, submission.values, strict=False)),
        dict(zip(keys, prior.values, strict=False)) if prior is not None else {},
        submission.facts,
        submission.fee,
    )
    values[citing.unit] = submission.unit
    values[citing.self] = identity.get("self", "")
    values[citing.year] = str(submission.year or "")
    values[citing.last_year] = str(submission.year - 1) if submission.year else ""
    return {normalise(name): value for name, value in values.items() if value}


def county_values(
    figures: Figures,
    prior: Figures,
    members: Sequence[Submission],
    reporting: int,
    added: int,
    fee: ProcessingFee | None,
    edition: Edition,
    form: WorkbookForm,
) -> dict[str, str]:
    """What the names of a county's sums stand for, by normalised name; see :func:`unit_values`.

    ``reporting`` is how many units have reported and passed and ``added`` how many of them are
    added up, both through all levels; ``fee`` is the sum of their 信息处理费.
    """
    facts = [fact for member in members for fact in member.facts]
    sums = _values(edition, form, figures, prior, facts, fee)
    prefixed = {
        prefix + name: value
        for name, value in sums.items()
        for prefix in form.citing.county_prefixes
    }
    prefixed[form.citing.reporting_units] = str(reporting)
    prefixed[form.citing.added_units] = str(added)
    return {normalise(name): value for name, value in prefixed.items()}


def _values(
    edition: Edition,
    form: WorkbookForm,
    figures: Figures,
    prior: Figures,
    facts: Iterable[Fact],
    fee: ProcessingFee | None,
) -> dict[str, str]:
    values = _of_fee(fee, edition)
    for measure in (*edition.measures, *edition.sums):
        now, then = _value(measure, figures), _value(measure, prior)
        if now is None:
            continue
        text = format_value(now, measure.scale)
        values |= dict.fromkeys(_names(measure), text)
        if measure in edition.measures and then is not None:
            change = change_in_words(now, then, measure)
            values |= {form.citing.change.format(name=name): change for name in _names(measure)}
            if measure is edition.measures[0]:
                values[form.citing.default_change] = change
    return values | _counted(facts, form)


def _value(measure: Measure, figures: Figures) -> int | None:
    parts = [figures.get(term.field) for term in measure.terms]
    if any(part is None for part in parts):
        return None
    return sum(t.coefficient * (p or 0) for t, p in zip(measure.terms, parts, strict=True))


def _of_fee(fee: ProcessingFee | None, edition: Edition) -> dict[str, str]:
    values: dict[str, str] = {}
    for node, names in _fee_names(edition):
        value = getattr(fee, node.key, None)
        if value is not None:
            values |= dict.fromkeys(names, format_value(value, node.scale))
    return values


def _counted(facts: Iterable[Fact], form: WorkbookForm) -> dict[str, str]:
    by_channel: Counter[str] = Counter(dict.fromkeys(form.facts.channels, 0))
    by_category: Counter[str] = Counter()
    for fact in facts:
        by_channel[fact.channel] += fact.count
        for channel in {fact.channel, form.facts.short.get(fact.channel, fact.channel)}:
            name = form.facts.by_category.format(channel=channel, category=fact.category)
            by_category[name] += fact.count
    values = {name: str(count) for name, count in by_category.items()}
    for channel, count in by_channel.items():
        values |= dict.fromkeys(_channel_names(channel, form), str(count))
    values[form.facts.total] = str(by_channel.total())
    return values


def change_in_words(now: int, then: int, measure: Measure) -> str:
    """``增长25%``, ``下降3.48%``, ``持平``; from nothing, by how much: ``增加3件``."""
    if now == then:
        return "持平"
    if not then:
        return f"增加{format_value(now, measure.scale)}{measure.unit}"
    percent = (Decimal(abs(now - then)) * 100 / abs(then)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    text = format(percent, "f").rstrip("0").rstrip(".")
    return f"{'增长' if now > then else '下降'}{text}%"


# ---------------------------------------------------------------------------- in the prose


def fill_citations(submission: Submission, values: Mapping[str, str]) -> Submission:
    """The submission with each cited name of its prose replaced by what it stands for."""
    if not has_citations(submission):
        return submission
    passages = tuple(
        replace(
            passage,
            heading=_filled(passage.heading, values),
            paragraphs=tuple(_filled(text, values) for text in passage.paragraphs),
        )
        for passage in submission.passages
    )
    return replace(submission, passages=passages)


def _texts(passage: Passage) -> Iterator[str]:
    yield passage.heading
    yield from passage.paragraphs


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _CITED.sub(lambda cited: values.get(normalise(cited[1]), cited[0]), text)


def has_citations(submission: Submission) -> bool:
    return any("【" in text for passage in submission.passages for text in _texts(passage))


def strange(
    passage: Passage, names: Mapping[str, str], values: Collection[str]
) -> Iterator[Strange]:
    """What is in 【】 and would be printed as it is, though it was meant as a name.

    ``names`` are all names by normalised name, ``values`` the normalised names of those whose
    figure is known.  What is no name looks like one when it is spelled nearly as one, when it
    ends as figures' names do, or when a unit of counting follows.
    """
    known = tuple(names)
    for text in _texts(passage):
        for cited in _CITED.finditer(text):
            written = normalise(cited[1])
            if written in values:
                continue
            if written in names:
                yield Strange(written=cited[1], nearest="")
                continue
            nearest, likeness = _nearest(written, known)
            near = likeness >= _NEAR
            if near or _COUNTED.match(text, cited.end()) or _LIKE_A_NAME.search(written):
                yield Strange(written=cited[1], nearest=names[nearest])


@lru_cache(maxsize=1024)
def _nearest(written: str, names: tuple[str, ...]) -> tuple[str, float]:
    """The name most like what is written, and how like it is, from 0 to 1.

    Cached, as prose repeats itself.  difflib compares those few names that share the most
    characters with what is written: it would take a thousandth of a second for all.
    """
    index = _by_character(names)
    shared = Counter(name for character in set(written) for name in index.get(character, ()))
    likely = heapq.nlargest(_COMPARED, shared, key=lambda name: shared[name] / len(name)) or names
    matcher = difflib.SequenceMatcher(b=written)
    best, name = max((_ratio(matcher, name), name) for name in likely[:_COMPARED])
    return name, best


def _ratio(matcher: difflib.SequenceMatcher[str], name: str) -> float:
    matcher.set_seq1(name)
    return matcher.ratio()


@lru_cache(maxsize=64)
def _by_character(names: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    """The names that have each character."""
    found: dict[str, list[str]] = {}
    for name in names:
        for character in set(name):
            found.setdefault(character, []).append(name)
    return found


_COMPARED = 8


def known_names(
    submission: Submission, edition: Edition, form: WorkbookForm, of_county: bool
) -> dict[str, str]:
    """Every name that a workbook's prose may cite, as people write it, by normalised name.

    A county's own workbook (``of_county``) may also cite the county's sums.
    """
    names = [name for found in citable(edition, form) for name in found.names]
    names += _counted(submission.facts, form)
    if of_county:
        names += county_names(names, form)
    return {normalise(name): name for name in names}


def county_names(names: Iterable[str], form: WorkbookForm) -> list[str]:
    prefixed = [prefix + name for name in names for prefix in form.citing.county_prefixes]
    return [*prefixed, form.citing.reporting_units, form.citing.added_units]


def of_change(name: str, form: WorkbookForm) -> bool:
    """Whether a name, in any spelling, is of a change on last year."""
    return normalise(name).endswith(normalise(form.citing.change.format(name="")))


def county_known(
    names: Iterable[str], own: Collection[str], form: WorkbookForm, compared: bool
) -> set[str]:
    """Of normalised names, those of a county's sums that will have a value when it is added up.

    A sum has one where the county's ``own`` figure has (by normalised name); that of a change on
    last year, when the county is ``compared`` with it.
    """
    prefixes = [normalise(prefix) for prefix in form.citing.county_prefixes]

    def known(name: str) -> bool:
        summed = [name.removeprefix(p) for p in prefixes if name.startswith(p)]
        return any(compared if of_change(one, form) else one in own for one in summed)

    counts = {normalise(form.citing.reporting_units), normalise(form.citing.added_units)}
    return {name for name in names if name in counts or known(name)}


# ------------------------------------------------------------------------- of whom it speaks


@dataclass(frozen=True, kw_only=True, slots=True)
class ScopeMismatch:
    """A 【】 that has the figure of another body than its sentence speaks of.

    ``written`` is what stands there, ``wanted`` the name of the figure that the sentence is about.
    """

    sentence: str
    written: str
    wanted: str


_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")
_GOES_ON = ("其中", "同比", "与上年", "比上年", "较上年")
"""By these a sentence goes on about what the one before spoke of."""


def mismatched_scopes(
    passage: Passage, county: str, edition: Edition, form: WorkbookForm
) -> Iterator[ScopeMismatch]:
    """Where the prose of a county's own workbook cites a figure of the county government in a
    sentence about the whole county, or the county's in one about the government alone.

    What a sentence is about is said by the last mark before the figure: a figure of the county's,
    how many units it has, or one of ``county_prefixes`` (全区); or one of ``own_scopes`` (本级).
    Without a mark nothing is said against it here.
    """
    counts = {normalise(form.citing.reporting_units), normalise(form.citing.added_units)}
    figures = {
        normalise(name): name for one in citable_figures(edition, form) for name in one.names
    }
    marks = re.compile(
        "|".join(
            [
                _CITED.pattern,
                *map(re.escape, (*form.citing.county_prefixes, *form.citing.own_scopes)),
            ]
        )
    )
    for text in _texts(passage):
        scope = ""
        for sentence in _SENTENCE.findall(text):
            if not sentence.lstrip().startswith(_GOES_ON):
                scope = ""
            for mark in marks.finditer(sentence):
                if mark[1] is None:
                    wide = mark[0] in form.citing.county_prefixes
                    scope = mark[0] if wide else _OWN
                    continue
                written = normalise(mark[1])
                if written in counts:
                    scope = county_prefix(county, form)
                    continue
                prefix = next(
                    (p for p in form.citing.county_prefixes if written.startswith(normalise(p))), ""
                )
                name = figures.get(written.removeprefix(normalise(prefix)))
                if name is None:
                    continue
                if not prefix and scope not in ("", _OWN):
                    yield ScopeMismatch(sentence=sentence, written=mark[1], wanted=scope + name)
                elif prefix and scope == _OWN:
                    yield ScopeMismatch(sentence=sentence, written=mark[1], wanted=name)
                elif prefix:
                    scope = prefix


_OWN = "本级"
