"""The sentences and colours by which a form shows how far it is filled in."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.books.cells import Spot
from pipeline.books.drawing import Sheet, Styles
from pipeline.forms.verdicts import BROKEN, REMIND


def signal(sheet: Sheet, spot: Spot, styles: Styles) -> None:
    """Colour a sentence on how far things are by its own words; green is the cell's format."""
    for words, trait in SIGNALS:
        rule = {"type": "text", "criteria": "containing", "value": words, "stop_if_true": True}
        sheet.conditional_format(*spot, *spot, {**rule, "format": styles.over(trait)})


SIGNALS = (
    (f"处{BROKEN}", "bad_ink"),
    ("无效", "bad_ink"),
    (f"处{REMIND}", "warn_ink"),
    ("还", "warn_ink"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressWords:
    """What is said where nothing is missing, and of ``{missing}`` that are."""

    done: str
    left: str


PROSE = ProgressWords(done="必填的已填齐", left="还有 {missing} 处必填未填")
ENTRIES = ProgressWords(done="必填、应填的已填齐", left="还有 {missing} 项必填、应填未填")


def progress_formula(count: str, words: ProgressWords) -> str:
    """The formula of :func:`progress_text`; ``count`` is that of how many are missing."""
    before, after = words.left.split("{missing}")
    return f'IF({count}=0,"{words.done}","{before}"&({count})&"{after}")'


def progress_text(missing: int, words: ProgressWords) -> str:
    return words.left.format(missing=missing) if missing else words.done
