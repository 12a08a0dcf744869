"""What is wrong with a workbook, as data.

A problem names the unit's file, the sheet, the cell, the rule, how grave it is, what was found
and what was expected, and what to do — in the words of the clerk.  Every message that a person
can see about a workbook is in :data:`CATALOGUE`, whose words stand in ``messages/*.toml``, save
the sentences of the cross-footing rules, which stand beside the rules in the edition's declaration.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from pipeline.edition import Severity
from pipeline.wording import worded

MESSAGES = Path(__file__).parent / "messages"

SEVERITIES: Mapping[Severity, str] = MappingProxyType(
    {"error": "错误", "warning": "警告", "notice": "提示"}
)
"""How grave a problem is, as people read it, the gravest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong in one workbook.

    ``sheet`` and ``cell`` are empty when the fault has no single place; ``cells`` are all the
    cells of the same sheet the fault speaks of (``cell`` is the first of them).  ``subject`` is
    the row or column a cross-footing rule was broken in, the figure that prose claims, or what
    was proofread for.  ``answer`` is what the unit says to it
    (情况说明), empty where nothing was said or nothing can be said.
    ``aside`` are passages to be read side by side: the unit's own, and another's.
    """

    rule: str
    severity: Severity
    message: str
    sheet: str = ""
    cell: str = ""
    cells: tuple[str, ...] = ()
    found: str = ""
    expected: str = ""
    fix: str = ""
    subject: str = ""
    answer: str = ""
    aside: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        """``依申请公开!I9``, or as much of it as there is."""
        return "!".join(part for part in (self.sheet, self.cell) if part)

    @property
    def words(self) -> str:
        """What is wrong, without the place and without what to do."""
        told = self.message.removeprefix(f"{self.place}：")
        return told.removesuffix(self.fix) if self.fix else told

    @property
    def fingerprint(self) -> str:
        """The same for the same fault in a later run, as long as what it speaks of is the same."""
        said = (self.rule, self.sheet, self.subject or self.cell, self.found, self.expected)
        told = "\x1f".join(said)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """The wording of a kind of problem. ``{…}`` are filled in; ``told`` is the rule's name."""

    severity: Severity
    told: str
    text: str
    fix: str


AREAS = ("workbook", "office", "ledger", "published")
"""The files of messages (``messages/*.toml``), in the order in which people read them."""


def _catalogue() -> Mapping[str, Message]:
    found: dict[str, Message] = {}
    for area in AREAS:
        declared = tomllib.loads((MESSAGES / f"{area}.toml").read_text(encoding="utf-8"))
        for family, messages in declared.items():
            for name, spec in messages.items():
                found[f"{family}.{name}"] = Message(**spec)
    return MappingProxyType(found)


CATALOGUE = _catalogue()
"""Every message by the name of its kind of problem, e.g. ``cell.not_a_number``."""


def rule_name(rule: str, named: Mapping[str, str]) -> str:
    """What people call a rule. ``named`` are the cross-footing rules of an edition, by id."""
    message = CATALOGUE.get(rule)
    return named.get(rule, message.told if message else rule)


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
    fix = worded(message.fix, words)
    place = "!".join(part for part in (sheet, cell) if part)
    text = worded(message.text, words) + fix
    return Problem(
        rule=rule,
        severity=message.severity,
        message=f"{place}：{text}" if place else text,
        sheet=sheet,
        cell=cell,
        cells=cells or ((cell,) if cell else ()),
        found=found or str(words.get("text", "")),
        expected=expected,
        fix=fix,
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
