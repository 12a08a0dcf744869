"""The sentences and colours by which a form shows how far it is filled in."""

from __future__ import annotations

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


def progress_formula(count: str, classifier: str) -> str:
    done, left = progress_text(0, classifier), progress_text(-1, classifier)
    before, after = left.split("-1")
    return f'IF({count}=0,"{done}","{before}"&({count})&"{after}")'


def progress_text(missing: int, classifier: str) -> str:
    if not missing:
        return "必填的已填齐"
    return f"还有 {missing} {classifier}必填未填"
