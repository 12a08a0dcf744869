"""The list of everything that is checked, for people: each check with its weight and its words.

Made from the declarations themselves (the editions' rules, the catalogue of problems, the
proofreading checks), so that it can't say anything else than the program does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pipeline.declare.messages import CATALOGUE, Message
from pipeline.model.edition import Edition, Rule
from pipeline.model.problem import SEVERITIES
from pipeline.prose.proofreading import names

PUBLISHED = ("published", "audit")
"""The families of problems that only a published report can have."""

_OPEN = re.compile(r"{[^{}]*}")


def rulebook(editions: Mapping[str, Edition]) -> str:
    """All checks as Markdown tables in Chinese: 勾稽关系, workbooks, prose, published reports."""
    return "\n".join(_lines(editions)) + "\n"


def _lines(editions: Mapping[str, Edition]) -> Iterator[str]:
    yield "# 核对项目"
    yield ""
    yield "由 `python -m pipeline rules` 生成。“…”处是实际的名称和数字。"
    yield from _heading("勾稽关系")
    yield from _table(("编号", "名称", "级别", "要求", "怎么办", "依据", "格式"))
    for rule, held_by in _rules(editions.values()):
        words = (_open(rule.statement), rule.remedy, rule.source, "、".join(held_by))
        yield _row((rule.id, rule.name, SEVERITIES[rule.severity], *words))
    yield from _heading("工作簿、正文、名册和台账")
    yield from _messages(False)
    yield from _heading("文字校对")
    yield "都是提示，只指出，不改动。不要哪一项，把名称写进 `input/不校对.txt`，一行一个。"
    yield ""
    yield from (f"- {name}" for name in names())
    yield from _heading("已公开的年报（audit、verify、import）")
    yield "勾稽关系各项同样核对。"
    yield ""
    yield from _messages(True)


def _rules(editions: Iterable[Edition]) -> Iterator[tuple[Rule, list[str]]]:
    """Each rule once, worded as its newest edition does, with the editions that have it."""
    found: dict[str, tuple[Rule, list[str]]] = {}
    for edition in editions:
        for rule in edition.rules:
            held_by = found[rule.id][1] if rule.id in found else []
            found[rule.id] = (rule, [*held_by, edition.name])
    yield from found.values()


def _messages(published: bool) -> Iterator[str]:
    yield from _table(("项目", "级别", "说明", "怎么办"))
    for key, message in CATALOGUE.items():
        if (key.split(".")[0] in PUBLISHED) == published:
            yield _row(_words(message))


def _words(message: Message) -> tuple[str, ...]:
    return (
        message.name,
        SEVERITIES[message.severity],
        _open(message.text),
        _open(message.remedy),
    )


def _open(text: str) -> str:
    return _OPEN.sub("…", text)


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield f"## {text}"
    yield ""


def _table(columns: tuple[str, ...]) -> Iterator[str]:
    yield _row(columns)
    yield _row(("---",) * len(columns))


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
