"""Whether the cell of a figure shows what it holds, and what is told where it doesn't."""

from __future__ import annotations

from pipeline.declare.messages import problem
from pipeline.model.problem import Problem
from pipeline.sheets.appearance import Spot
from pipeline.sheets.workbook import Sheet, cell_text
from pipeline.text.figures import Kind, Reading, format_figure, read_figure, truncate
from pipeline.text.labels import address


def check_appearance(
    sheet: Sheet, spot: Spot, name: str, value: int | None, kind: Kind
) -> Problem | None:
    """What is wrong with how a figure's cell looks; None where it shows its figure.

    Args:
        value: the figure as it was read, a kept whole number.
    """
    look, raw = sheet.appearance, sheet.at(*spot)
    if raw is None:
        return None
    words: dict[str, object] = {"name": name}
    if spot in look.marked:
        rule = "cell.marked"
        words |= {"text": truncate(cell_text(raw)), "look": look.marked[spot]}
    elif value and spot in look.covered:
        rule = "cell.covered"
    elif value and isinstance(raw, int | float | str) and look.disguises(spot, raw, kind):
        rule = "cell.disguised"
    elif value == 0 and address(*spot) in sheet.stale:
        rule = "cell.stale"
    else:
        return None
    words["value"] = "" if value is None else format_figure(value, kind)
    return problem(rule, words, sheet=sheet.name, cell=address(*spot))


def read_cell(sheet: Sheet, spot: Spot, name: str, kind: Kind) -> tuple[Reading, list[Problem]]:
    """A cell that stands alone (not in a table of the edition), read as a figure, and what is
    wrong with it.  A blank one and a negative one are for whoever asks."""
    raw = sheet.at(*spot)
    reading = read_figure(raw, kind)
    words: dict[str, object] = {"name": name, "text": reading.text}
    error = sheet.error(*spot)
    if error:
        reading = Reading(None, "formula_error", truncate(error))
    if reading.fault and reading.fault != "blank":
        words["text"] = reading.text
        told = problem(f"cell.{reading.fault}", words, sheet=sheet.name, cell=address(*spot))
        return reading, [told]
    found = []
    seen = check_appearance(sheet, spot, name, reading.value, kind)
    if seen is not None:
        found.append(seen)
    if reading.value is not None:
        words["value"] = format_figure(reading.value, kind)
        rule = reading_notice(reading)
        if rule:
            found.append(problem(rule, words, sheet=sheet.name, cell=address(*spot)))
        if reading.value and sheet.appearance.is_hidden(spot):
            found.append(problem("cell.unseen", words, sheet=sheet.name, cell=address(*spot)))
    refused = seen is not None and seen.severity == "error"
    return (Reading(None, "marked", reading.text) if refused else reading), found


def reading_notice(reading: Reading) -> str:
    """The rule by which it is told how a text was taken for a number; empty where it is one."""
    if reading.invisible:
        return "cell.invisible"
    return "cell.corrected" if reading.corrected else ""
