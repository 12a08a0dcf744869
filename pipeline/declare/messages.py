"""What is wrong with a workbook, as data.

A problem names the unit's file, the sheet, the cell, the rule, how grave it is, what was found
and what was expected, and what to do — in the words of the clerk.  Every message that a person
can see about a workbook is in :data:`CATALOGUE`, whose words stand in ``messages/*.toml``, save
the sentences of the cross-footing rules, which stand beside the rules in the edition's declaration.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from pipeline.declare.loading import Declaration
from pipeline.model.declared import DeclarationError, Declared, check_words
from pipeline.model.edition import Severity
from pipeline.model.problem import Problem
from pipeline.text.wording import fill_words

MESSAGES = Path(__file__).parent / "messages"


class Message(Declared):
    """The wording of a kind of problem. ``name`` is the rule's name; ``{…}`` in the other two are
    filled in with ``words``."""

    severity: Severity
    name: str
    text: str
    remedy: str
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_words("text", self.text, self.words)
        check_words("remedy", self.remedy, self.words)


AREAS = ("workbook", "office", "ledger", "published")
"""The files of messages (``messages/*.toml``), in the order in which people read them."""

DECLARATIONS: tuple[Declaration[dict[str, dict[str, Message]]], ...] = tuple(
    Declaration(MESSAGES / f"{area}.toml", dict[str, dict[str, Message]]) for area in AREAS
)


def _catalogue() -> Mapping[str, Message]:
    found: dict[str, Message] = {}
    for declaration in DECLARATIONS:
        for family, messages in declaration.load().items():
            for name, message in messages.items():
                if f"{family}.{name}" in found:
                    raise DeclarationError(
                        f"{family}.{name}", "in another file too", file=declaration.name
                    )
                found[f"{family}.{name}"] = message
    return MappingProxyType(found)


CATALOGUE = _catalogue()
"""Every message by the name of its kind of problem, e.g. ``cell.not_a_number``."""


def rule_name(rule: str, named: Mapping[str, str]) -> str:
    """What people call a rule. ``named`` are the cross-footing rules of an edition, by id."""
    message = CATALOGUE.get(rule)
    return named.get(rule, message.name if message else rule)


def problem(
    rule: str,
    said: Mapping[str, object] = MappingProxyType({}),
    /,
    *,
    sheet: str = "",
    cell: str = "",
    cells: tuple[str, ...] = (),
    found: str = "",
    expected: str = "",
    **words: object,
) -> Problem:
    """A problem of the catalogue, with its words filled in: ``said``, and those given by name.

    ``found`` and ``expected`` may also be named in the text, as any other word.
    """
    message = CATALOGUE[rule]
    words = {"sheet": sheet, "found": found, "expected": expected, **said, **words}
    fix = fill_words(message.remedy, words)
    place = "!".join(part for part in (sheet, cell) if part)
    text = fill_words(message.text, words) + fix
    return Problem(
        rule=rule,
        severity=message.severity,
        message=f"{place}：{text}" if place else text,
        sheet=sheet,
        cell=cell,
        cells=cells or ((cell,) if cell else ()),
        found=found or str(words.get("text", "")),
        expected=expected,
        remedy=fix,
    )


MOST_ALIKE, MOST_OF_A_RULE = 50, 200
"""So many problems of one rule and subject, and of one rule whatever the subjects, are told of one
workbook; the others are counted."""


def without_too_many(
    problems: Sequence[Problem], named: Mapping[str, str] = MappingProxyType({})
) -> list[Problem]:
    """The problems of a workbook in their order, those in the same words of the same place once;
    where more than :data:`MOST_ALIKE` are alike, how many there are besides, as grave as they.

    ``named`` are the cross-footing rules of its edition, by id.
    """
    told = list(dict.fromkeys(problems))
    if len(told) > MOST_ALIKE:
        told = list(_first(told, [(one.rule, one.subject) for one in told], MOST_ALIKE, named))
    if len(told) > MOST_OF_A_RULE:
        told = list(_first(told, [(one.rule, "") for one in told], MOST_OF_A_RULE, named))
    return told


def _first(
    problems: Sequence[Problem],
    sorts: Sequence[tuple[str, str]],
    most: int,
    named: Mapping[str, str],
) -> Iterator[Problem]:
    """Of each sort, a rule and a subject, the first problems and how many there are besides.

    Those of one rule are equally grave: none hides a graver one.
    """
    count = Counter(sorts)
    told: Counter[tuple[str, str]] = Counter()
    for found, sort in zip(problems, sorts, strict=True):
        told[sort] += 1
        if told[sort] <= most:
            yield found
        elif told[sort] == most + 1:
            rule, subject = sort
            name = "·".join(filter(None, (rule_name(rule, named), subject)))
            more = problem("file.more_alike", name=name, count=count[sort] - most)
            yield replace(more, severity=found.severity, subject=name)
