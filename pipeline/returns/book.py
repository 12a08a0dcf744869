"""The sheet 退回说明, written as a workbook of one sheet.

It is put first in a marked copy, or stands beside a file that can't be marked.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final, Literal

from pipeline.books.cells import cell_text
from pipeline.books.drawing import (
    LINE,
    OPEN_PROTECTION,
    Sheet,
    Styles,
    add_sheet,
    apply_page_setup,
    lines_of,
)
from pipeline.books.new_book import new_book
from pipeline.books.theme import THEME
from pipeline.model.edition import Severity
from pipeline.model.problem import SEVERITIES
from pipeline.model.workbook_form import WorkbookForm
from pipeline.returns.returns import Line, ReturnList
from pipeline.text.labels import address

NUMBER, SEVERITY, PLACE, WORDS, FIX, STATE, REASON, CODE = range(8)
COUNT_ROW = 2
_WIDTHS: Final = (6, 7, 17, 48, 32, 9, 28, 18)

CHANGED, EXPLAINED, ELSEWHERE = "已改动", "已说明", "—"
"""How far a line is: its cells are no longer as they were; the unit has written why; there is
no cell to watch."""

OPEN: Final[Mapping[Severity, str]] = {"error": "待改", "warning": "待核对", "notice": "供参考"}
"""What is asked of a line whose cells are as they were."""

Beside = Literal["", "format", "content", "unreadable", "replaced"]
"""Why the list stands beside a file: it is of another kind than .xlsx, it holds what marking would
lose, it couldn't be read, or it is another one than was read."""

_WAITING: Final = (OPEN["error"], OPEN["warning"])
"""The lines that something must be done about."""

_TOP: Final = {
    "returned": (
        "退回说明",
        (
            "点“位置”到那一格：红底的格有错误，须改正；浅红的格与它有关；黄底的请核对；"
            "蓝底的是提示。鼠标移到格上可以看批注。",
            "改动以后底色自动消去，这里的“状态”变为“已改动”；数字是否相符，看各表的“勾稽”。",
            "“情况说明”是黄底的，数字属实的可以不改，在这里写明原因；灰底的不用写，按“怎么办”改正。",
            "改好后保存，仍报送这个文件。这张表和批注不用删，系统会自动去掉。",
        ),
    ),
    "accepted": (
        "核对提醒",
        (
            "这份工作簿已经通过，下列情况请再核对。点“位置”到那一格：黄底的请核对，蓝底的是提示。",
            "属实的，在“情况说明”里写明原因；有误的，改正后保存，重新报送这个文件。",
            "这张表和批注不用删，系统会自动去掉。",
        ),
    ),
    "format": (
        "退回说明",
        (
            "“{file}”不能直接加批注，请打开它，按下列各条改正（点“位置”可以打开）。",
            "改好后保存，重新报送“{file}”；最好另存为 .xlsx，以后可以直接在格上批注。",
        ),
    ),
    "content": (
        "退回说明",
        (
            "“{file}”里有图片、图表、控件、宏或别的附加内容，加批注会弄丢它们，所以原样退回。",
            "请打开它，按下列各条改正（点“位置”可以打开），保存后重新报送“{file}”。",
        ),
    ),
    "unreadable": (
        "退回说明",
        ("“{file}”没有读取，请按下列各条处理，再重新报送。",),
    ),
    "replaced": (
        "退回说明",
        (
            "“{file}”在运行期间换过了，下列各条说的是换之前的内容，没有在新的文件上标注。",
            "请再运行一次，以新的结果为准。",
        ),
    ),
}


def write_return_list(
    told: ReturnList, form: WorkbookForm, states: Mapping[int, str], *, beside: Beside = ""
) -> bytes:
    """The list as the bytes of an .xlsx file; the same arguments give the same bytes.

    Args:
        states: by a line's number, the condition (no ``=``) that its cells are as they were.
        beside: why the list stands beside the clerk's file and links into it, empty where it is
            part of it; there is nowhere to write 情况说明 then.
    """
    buffer = io.BytesIO()
    book = new_book(buffer, form.returned.sheet)
    sheet, style = add_sheet(book, form.returned.sheet), Styles(book)
    apply_page_setup(sheet, form.returned.sheet)
    sheet.set_tab_color(THEME.error_ink)
    sheet.set_landscape()
    columns = range(STATE if beside else CODE)
    for column in columns:
        sheet.set_column(column, column, _WIDTHS[column])
    if not beside:
        sheet.set_column(CODE, CODE, _WIDTHS[CODE], None, {"hidden": True})
    top = _heading(sheet, told, style, columns, beside)
    first = _header(sheet, top, form, style, columns, beside)
    for at, line in enumerate(told.lines, first):
        _line(sheet, at, line, told, style, "" if beside else states.get(line.number, ELSEWHERE))
        if not beside:
            _reason(sheet, at, line, style)
    if not beside:
        _progress(sheet, first, told, style, states)
    sheet.freeze_panes(first, 0)
    sheet.repeat_rows(first - 1)
    sheet.print_area(0, 0, first + max(len(told.lines), 1) - 1, columns[-1])
    sheet.protect("", OPEN_PROTECTION)
    book.close()
    return buffer.getvalue()


def _heading(sheet: Sheet, told: ReturnList, style: Styles, columns: range, beside: Beside) -> int:
    title, notes = _TOP[beside or ("accepted" if told.accepted else "returned")]
    for row, height in ((0, 38.0), (1, 22.0)):
        sheet.set_row(row, height)
        for column in columns:
            sheet.write_blank(row, column, None, style("title", "banner"))
    sheet.write_string(0, 0, f" {title}", style("title", "banner"))
    year = f"　{told.year}年度" if told.year else ""
    sheet.write_string(1, 0, cell_text(f" {told.unit or told.file}{year}"), style("banner"))
    sheet.set_row(COUNT_ROW, 24)
    sheet.write_string(COUNT_ROW, 0, _counted(told), style("bad_ink"))
    width = sum(_WIDTHS[column] for column in columns)
    for row, note in enumerate(notes, COUNT_ROW + 1):
        text = cell_text(f"{row - COUNT_ROW}. {note.format(file=told.file)}")
        sheet.set_row(row, lines_of(text, width) * LINE + 3)
        sheet.merge_range(row, 0, row, columns[-1], text, style("wrap", "left"))
    return COUNT_ROW + len(notes) + 2


def _counted(told: ReturnList) -> str:
    counts = {word: told.count(severity) for severity, word in SEVERITIES.items()}
    open_ = "、".join(f"{word} {count} 个" for word, count in counts.items() if count)
    answered = sum(bool(line.problem.explanation) for line in told.lines)
    return f"{open_ or '没有问题'}" + (f"；已有情况说明 {answered} 个" if answered else "")


def _header(
    sheet: Sheet, top: int, form: WorkbookForm, style: Styles, columns: range, beside: Beside
) -> int:
    named = form.returned
    words = ("序号", "程度", "位置", "问题", "怎么办", "状态", named.reason, named.code)
    sheet.set_row(top, 22)
    for column in columns:
        sheet.write_string(top, column, words[column], style("band", "box", "centre"))
    if not beside:
        sheet.write_string(top, CODE, named.code, style("muted"))
    return top + 1


def _line(sheet: Sheet, row: int, line: Line, told: ReturnList, style: Styles, state: str) -> None:
    found = line.problem
    named = f"{line.told}：" if line.told else ""
    words = cell_text(named + found.words + "".join(_asides(found.aside)))
    texts = {WORDS: words, FIX: cell_text(found.remedy), REASON: cell_text(line.said)}
    lines = max(lines_of(text, _WIDTHS[column]) for column, text in texts.items())
    sheet.set_growing_row(row, min(max(lines * LINE + 8, 26), 400))
    wrap = style("box", "wrap", "left")
    sheet.write_number(row, NUMBER, line.number, style("box", "centre"))
    mark = "quiet" if found.explanation else f"{found.severity}_mark"
    severity = style("box", "centre", mark)
    sheet.write_string(row, SEVERITY, SEVERITIES[found.severity], severity)
    sheet.write_string(row, WORDS, words, wrap)
    sheet.write_string(row, FIX, texts[FIX], wrap)
    _place(sheet, row, line, told, style, beside=not state)
    if state == ELSEWHERE:
        sheet.write_string(row, STATE, state, style("box", "centre"))
    elif state:
        reason, open_ = f"${address(row, REASON)}", OPEN[found.severity]
        formula = (
            f'=IF({reason}<>"","{EXPLAINED}",IF(IFERROR({state},FALSE),"{open_}","{CHANGED}"))'
        )
        value = EXPLAINED if line.said else open_
        sheet.write_formula(row, STATE, formula, style("box", "centre"), value)


def _asides(aside: tuple[tuple[str, str], ...]) -> list[str]:
    return [f"\n本单位：{own}\n对方：{other}" for own, other in aside]


def _place(
    sheet: Sheet, row: int, line: Line, told: ReturnList, style: Styles, *, beside: bool
) -> None:
    found = line.problem
    text = cell_text(found.place)
    plain = style("box", "wrap", "left")
    if not found.sheet:
        sheet.write_string(row, PLACE, "整个文件", plain)
        return
    quoted = found.sheet.replace("'", "''")
    within = f"'{quoted}'!{found.cell or 'A1'}"
    target = f"external:{told.file}#{within}" if beside else f"internal:{within}"
    linked = style("box", "wrap", "left", "link")
    # A name that no link can hold (too long, or with what links forbid) is still told.
    if sheet.write_url(row, PLACE, cell_text(target), linked, text) != 0:
        sheet.write_string(row, PLACE, text, plain)


def _reason(sheet: Sheet, row: int, line: Line, style: Styles) -> None:
    traits: tuple[str, ...] = ("box", "wrap", "left")
    traits = (*traits, "input" if line.answerable else "quiet")
    if line.said and line.answerable:
        sheet.write_string(row, REASON, cell_text(line.said), style(*traits))
    else:
        sheet.write_blank(row, REASON, None, style(*traits))
    sheet.write_string(row, CODE, line.problem.fingerprint, style("muted", "text"))
    if line.answerable:
        message = "属实的，写明原因，如：机构改革、上年数据更正。数字改动后说明不再有效。"
        prompt = {"validate": "any", "input_title": "情况说明", "input_message": message}
        sheet.data_validation(row, REASON, row, REASON, prompt)


def _progress(
    sheet: Sheet,
    first: int,
    told: ReturnList,
    style: Styles,
    states: Mapping[int, str],
) -> None:
    """How many lines still wait, and the colours of the states."""
    last = first + len(told.lines) - 1
    counted = _counted(told)
    if told.lines:
        still = [
            OPEN[line.problem.severity]
            for line in told.lines
            if line.number in states and not line.said
        ]
        area = f"{address(first, STATE)}:{address(last, STATE)}"
        counts = [(f'COUNTIF({area},"{word}")', word, still.count(word)) for word in _WAITING]
        done = "；标出的格都已改动或说明"
        none = "+".join(count for count, _, _ in counts)
        left = "&".join(f'IF({count}=0,"","；{word} "&{count}&" 处")' for count, word, _ in counts)
        formula = f'="{counted}"&IF({none}=0,"{done}",{left})'
        text = "".join(f"；{word} {number} 处" for _, word, number in counts if number)
        sheet.write_formula(COUNT_ROW, 0, formula, style("bad_ink"), counted + (text or done))
    states_shown = ((CHANGED, "good"), (EXPLAINED, "good"), *((word, "warn") for word in _WAITING))
    for words, trait in states_shown:
        rule: dict[str, Any] = {"type": "cell", "criteria": "==", "value": f'"{words}"'}
        sheet.conditional_format(
            first, STATE, max(last, first), STATE, {**rule, "format": style.over(trait)}
        )
