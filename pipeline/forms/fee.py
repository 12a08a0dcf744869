"""The table of 信息处理费 below the prose that must state it: two labelled cells and a light."""

from __future__ import annotations

from pipeline.books.drawing import Sheet, band, refusal, short
from pipeline.forms.context import FormContext
from pipeline.forms.formulas import invalid
from pipeline.forms.outcomes import as_shown
from pipeline.forms.tables import EXPECTED
from pipeline.forms.verdicts import BROKEN, PASSED, REMIND
from pipeline.model.edition import Node
from pipeline.prose.fees import fee_label
from pipeline.text.figures import LARGEST, SCALES
from pipeline.text.labels import address


def fee_table(sheet: Sheet, top: int, columns: int, issue: FormContext) -> None:
    """Draw the table from a row on. Unlike a figure of the tables, a cell begins blank: what is
    published of money is not what nobody looked at."""
    fee, style = issue.edition.fee, issue.styles
    assert fee is not None
    band(sheet, top, f"{fee.caption}：{fee.source}", columns, style)
    given = issue.prefill.fee
    for row, node in enumerate(fee.nodes, top + 1):
        value = getattr(given, node.key) if given is not None else None
        _cell(sheet, row, node, value, issue)
    light = style("box", "small", "centre", "good")
    sheet.merge_range(top + 1, columns - 1, top + 2, columns - 1, "", light)
    cells = [address(top + 1 + i, 1) for i in range(2)]
    known = [getattr(given, node.key) if given is not None else None for node in fee.nodes]
    sheet.write_formula(top + 1, columns - 1, _light(*cells), light, _light_word(*known))
    spot = (top + 1, columns - 1)
    for word, trait in ((BROKEN, "bad"), (_UNFILLED, "quiet"), (REMIND, "warn")):
        rule = {"type": "text", "criteria": "containing", "value": word, "stop_if_true": True}
        sheet.conditional_format(*spot, *spot, {**rule, "format": style.over(trait)})


def _cell(sheet: Sheet, row: int, node: Node, value: int | None, issue: FormContext) -> None:
    style, kind = issue.styles, node.kind or "count"
    sheet.set_row(row, 34)
    sheet.write_string(
        row, 0, fee_label(node), style("label", "box", "bold", "wrap", "left", "indent")
    )
    format_ = style("box", "right", "input", kind)
    if value is None:
        sheet.write_blank(row, 1, None, format_)
    else:
        sheet.write_number(row, 1, as_shown(value, SCALES[kind]), format_)
    hint = style("small", "quiet", "box", "wrap", "left", "indent")
    sheet.write_string(row, 2, node.note, hint)
    spot = address(row, 1)
    largest = LARGEST[kind] // SCALES[kind]
    whole = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": largest}
    amount = {"validate": "custom", "value": f"=NOT({invalid(kind, spot)})"}
    sheet.data_validation(
        row,
        1,
        row,
        1,
        {
            **(whole if kind == "count" else amount),
            "input_title": short(node.label, 32),
            "input_message": short(node.note, 255),
            **refusal(EXPECTED[kind]),
        },
    )
    rule = {"type": "formula", "criteria": f"={invalid(kind, spot)}"}
    sheet.conditional_format(row, 1, row, 1, {**rule, "format": style.over("bad")})


_UNFILLED = "还未填写"
_NO_REQUESTS = f"{BROKEN}：有金额，没有件数"
_NO_AMOUNT = f"{REMIND}：有件数，没有金额"


def _light(requests: str, amount: str) -> str:
    some = f'IF({amount}>0,IF({requests}>0,"{PASSED}","{_NO_REQUESTS}"),'
    none = f'IF({requests}>0,"{_NO_AMOUNT}","{PASSED}"))'
    return f'=IF(COUNT({requests},{amount})<2,"{_UNFILLED}",{some}{none})'


def _light_word(requests: int | None, amount: int | None) -> str:
    if requests is None or amount is None:
        return _UNFILLED
    if amount:
        return PASSED if requests else _NO_REQUESTS
    return _NO_AMOUNT if requests else PASSED
