"""What a terminal shows of long lists: the first of them, and how many there are besides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from pipeline.model.problem import SEVERITIES, Problem
from pipeline.text.figures import truncate

T = TypeVar("T")

WORKBOOKS_SHOWN, PROBLEMS_SHOWN = 20, 8
"""So many workbooks, reports or ledgers are listed, those to be mended first, with so many
problems each; the others are counted."""


def capped(
    items: Sequence[T],
    most: int,
    tell: Callable[[T], Iterable[str]],
    besides: Callable[[Sequence[T]], str],
) -> Iterator[str]:
    """The lines of the first ``most`` items, and a line on those that are left, if any are."""
    for item in items[:most]:
        yield from tell(item)
    if len(items) > most:
        yield besides(items[most:])


def problem_lines(problems: Iterable[Problem], where: str) -> Iterator[str]:
    """A workbook's problems, the gravest first; ``where`` the others can be seen."""
    order = list(SEVERITIES)
    gravest = sorted(problems, key=lambda found: order.index(found.severity))
    yield from capped(
        gravest,
        PROBLEMS_SHOWN,
        _problem,
        lambda left: f"  另有 {len(left)} 处，{where}",
    )


LINES_SHOWN = 20
"""So many lines of one file are printed where nothing else tells them, or only the file itself."""


def office_lines(file: str, problems: Sequence[Problem]) -> Iterator[str]:
    """What is wrong with a file of the office's own, a roster or a list of holidays."""
    yield from capped(
        problems,
        LINES_SHOWN,
        lambda found: [f"【{file}】{SEVERITIES[found.severity]}　{found.message}"],
        lambda left: f"【{file}】另有 {len(left)} 处没有列出，请改正以上各处后再运行。",
    )


def _problem(found: Problem) -> Iterator[str]:
    yield f"  {SEVERITIES[found.severity]}　{found.message}"
    if found.explanation:
        yield f"  　　　已有情况说明：{truncate(found.explanation)}"
