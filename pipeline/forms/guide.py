"""The sheet 填表说明: where to begin, how far one has come, what the colours mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.books.cells import reference
from pipeline.books.drawing import LINE, OPEN_PROTECTION, Sheet, lines_of
from pipeline.books.theme import THEME
from pipeline.declare.ledger import ledger_form
from pipeline.declare.roster import roster_form
from pipeline.forms.context import FormContext, numbered, sheet_names, tallied
from pipeline.forms.formulas import status_text
from pipeline.forms.progress import ENTRIES, PROSE, SIGNALS, progress_text
from pipeline.forms.prose import Progress
from pipeline.forms.verdicts import BROKEN, PASSED, REMIND

_GUIDE_WIDTHS = (5, 16, 48, 38)
_GUIDE_TEXT = sum(_GUIDE_WIDTHS[1:])


def guide_sheet(sheet: Sheet, issue: FormContext, progress: Mapping[str, Progress]) -> None:
    sheet.set_tab_color(THEME.brand)
    for column, width in enumerate(_GUIDE_WIDTHS):
        sheet.set_column(column, column, width)
    row = _guide_top(sheet, issue)
    row = _guide_progress(sheet, row, issue, progress)
    row = _guide_delivery(sheet, row, issue)
    row = _guide_steps(sheet, row, issue)
    row = _guide_colours(sheet, row, issue)
    for caption, texts in _guide_texts(issue):
        row = _guide_band(sheet, row, caption, issue)
        for text in texts:
            row = _guide_text(sheet, row, "·", text, issue)
        row += 1
    sheet.protect("", OPEN_PROTECTION)


def _guide_top(sheet: Sheet, issue: FormContext) -> int:
    style = issue.styles
    for row, height in ((0, 40.0), (1, 24.0)):
        sheet.set_row(row, height)
        for column in range(len(_GUIDE_WIDTHS)):
            sheet.write_blank(row, column, None, style("title", "banner"))
    sheet.write_string(0, 0, " 政府信息公开工作年度报告 · 填报工作簿", style("title", "banner"))
    unit, year = (
        reference(issue.form.identity, issue.entry_spots[key]) for key in ("unit", "year")
    )
    formula = (
        f'=" "&IF({unit}="","（请先填“{issue.form.identity}”）",{unit})'
        f'&IF({year}="","","　"&{year}&"年度")&"　{issue.edition.name}"'
    )
    given = issue.prefill.identity
    named = given.get("unit") or f"（请先填“{issue.form.identity}”）"
    dated = f"　{given['year']}年度" if given.get("year") else ""
    told = f" {named}{dated}　{issue.edition.name}"
    sheet.write_formula(1, 0, formula, style("banner"), told)
    sheet.set_row(2, 8)
    return 3


def _guide_band(sheet: Sheet, row: int, caption: str, issue: FormContext) -> int:
    sheet.set_row(row, 22)
    for column in range(len(_GUIDE_WIDTHS)):
        sheet.write_blank(row, column, None, issue.styles("band"))
    sheet.write_string(row, 0, " " + caption, issue.styles("band"))
    return row + 1


def _guide_text(sheet: Sheet, row: int, mark: str, text: str, issue: FormContext) -> int:
    style = issue.styles
    sheet.set_row(row, lines_of(text, _GUIDE_TEXT) * LINE + 5)
    sheet.write_string(row, 0, mark, style("centre", "bold", "top"))
    sheet.merge_range(row, 1, row, 3, text, style("wrap", "top"))
    return row + 1


def _guide_progress(
    sheet: Sheet, row: int, issue: FormContext, progress: Mapping[str, Progress]
) -> int:
    """A line for each sheet: what it asks, and how far the clerk has come."""
    style = issue.styles
    row = _guide_band(sheet, row, "填报进度（点表名可以过去）", issue)
    first = row
    for name, what, formula, told in _stations(issue, progress):
        sheet.set_row(row, max(lines_of(told, _GUIDE_WIDTHS[3] - 2) * LINE + 5, 20))
        sheet.write_string(row, 0, str(row - first + 1), style("box", "centre", "muted"))
        sheet.write_url(row, 1, f"internal:'{name}'!A1", style("box", "link", "indent"), name)
        sheet.write_string(row, 2, what, style("box", "wrap", "left", "indent"))
        state = style("box", "good_ink", "wrap", "left", "indent")
        sheet.write_formula(row, 3, formula, state, told)
        row += 1
    for words, trait in SIGNALS:
        rule = {"type": "text", "criteria": "containing", "value": words, "stop_if_true": True}
        sheet.conditional_format(first, 3, row - 1, 3, {**rule, "format": style.over(trait)})
    return row + 1


def _stations(
    issue: FormContext, progress: Mapping[str, Progress]
) -> Iterator[tuple[str, str, str, str]]:
    """For each sheet to fill in: its name, what it asks, the formula of its state, the value."""
    form, edition = issue.form, issue.edition
    by_sheet = {layout.sheet: layout for layout in issue.checks.layouts}
    asked = [entry for entry in form.entries if entry.need != "optional"]
    missing = sum(not issue.prefill.identity.get(entry.key) for entry in asked)
    state = f"='{form.identity}'!A2"
    yield form.identity, "单位、年度、填报人等", state, progress_text(missing, ENTRIES)
    for name in sheet_names(edition, form)[2:-1]:
        if name in by_sheet:
            layout = by_sheet[name]
            section = next(s for s in edition.sections if s.table == layout.table.key)
            words = ("已核对", "还没有核对")
            state = f'IF({layout.confirmed}="{form.confirm.yes}","{words[0]}","{words[1]}")'
            told = status_text(issue.checks.sheet, *tallied(layout, issue)).partition("：")[2]
            yield (
                name,
                numbered(edition, section),
                f'={state}&"；勾稽"&MID({layout.status},6,99)',
                f"{words[0] if issue.prefill.confirmed else words[1]}；勾稽{told}",
            )
        else:
            sections = [s for s in edition.sections if s.sheet == name]
            what = "；".join(numbered(edition, s) or s.parts[0].label for s in sections)
            yield name, what, f"='{name}'!A2", progress_text(progress[name].missing, PROSE)


DELIVERY = ("submit_by", "submit_to", "helpline")
"""The settings of the roster that say how a workbook is submitted."""


def _guide_delivery(sheet: Sheet, row: int, issue: FormContext) -> int:
    """By when, how and where the workbook is submitted, as the roster says; what it doesn't say is
    left open for the office that issues the workbook."""
    style, due = issue.styles, issue.prefill.deadline
    row = _guide_band(sheet, row, "报送要求（由公开办填写）", issue)
    until = f"{due.year}年{due.month}月{due.day}日以前" if due is not None else ""
    asked = [("报送时限", until)]
    asked += [
        (ask.label, issue.prefill.delivery.get(ask.key, ""))
        for ask in roster_form().settings
        if ask.key in DELIVERY
    ]
    for label, words in asked:
        sheet.set_row(row, max(lines_of(words, _GUIDE_WIDTHS[2] + _GUIDE_WIDTHS[3]) * LINE + 5, 20))
        sheet.write_string(row, 1, label, style("box", "label", "indent"))
        sheet.merge_range(row, 2, row, 3, words, style("box", "input", "left", "wrap"))
        row += 1
    return row + 1


def _guide_steps(sheet: Sheet, row: int, issue: FormContext) -> int:
    form, edition = issue.form, issue.edition
    tables = "".join(f"“{table.sheet}”" for table in edition.tables)
    prose = "".join(f"“{name}”" for name in edition.prose_sheets)
    steps = (
        f"填“{form.identity}”：先填必填项。已经填好的灰底格不用改。",
        f"填{tables}：统计本年 1 月 1 日至 12 月 31 日的数字。各格起始为 0，没有发生的不用改。"
        "选中一格，旁边会提示这一格统计什么。",
        "看“勾稽”：表的右侧和下方逐行逐列显示“通过”或“不符”，不符的格变红。"
        f"到“{issue.checks.sheet}”看是哪一条、两边各是多少，点“查看”回到那一格。",
        f"核对无误后，把表上方的“{form.confirm.label}”改为“{form.confirm.yes}”。",
        f"写{prose}，保存后报送。文件名可以改；工作表名和表中原有的文字不要改。",
    )
    row = _guide_band(sheet, row, "填写步骤", issue)
    for number, text in enumerate(steps, 1):
        row = _guide_text(sheet, row, str(number), text, issue)
    return row + 1


_LEGEND = (
    ("填写格", ("input",), "由填报单位填写或选择。按 Tab 键到下一格。"),
    ("自动合计", ("total",), "由公式算出，不能填。"),
    ("预填", ("input", "given"), "从上年报告带过来的数字，选中可看来源，与实际不符的可以改。"),
    (PASSED, ("good",), "这一行（列）的勾稽关系都成立。"),
    (BROKEN, ("bad",), "两边不等，或填的不是数字：须改正，否则会被退回。"),
    (REMIND, ("warn",), "可能不对：请核对，属实的在“{sheet}”里写“{reason}”，数字不用改。"),
)


def _guide_colours(sheet: Sheet, row: int, issue: FormContext) -> int:
    style = issue.styles
    row = _guide_band(sheet, row, "颜色和文字", issue)
    named = issue.form.checks
    for sample, traits, meaning in _LEGEND:
        sheet.set_row(row, 20)
        # A sample is no input: Tab must not stop at it.
        sheet.write_string(row, 1, sample, style("box", "centre", *traits, "locked"))
        told = meaning.format(sheet=named.sheet, reason=named.reason)
        sheet.merge_range(row, 2, row, 3, told, style("indent"))
        row += 1
    return row + 1


def _guide_texts(issue: FormContext) -> Iterator[tuple[str, tuple[str, ...]]]:
    kinds = {field.kind for field in issue.edition.fields}
    numbers = ["件数填整数，不带“件”字；没有的填 0，不要留空，也不要填“无”或“-”。"]
    if "signed" in kinds:
        numbers.append("增减数：增加填正数，减少填负数，如 -8。")
    if "money" in kinds:
        numbers.append("金额以万元为单位的，可以带小数，最多 6 位，如 59237.2449；不要误填为元。")
    if "money_text" in kinds:
        numbers.append("没有规定单位的金额，连同单位一起填，如 108万元 或 251000元；没有的填 0。")
    yield "数字怎样填", tuple(numbers)
    yield (
        "正文怎样写",
        (
            "一格可以写几段，按 Alt+Enter 另起一段。段首空格和标题的编号由系统自动加，不用打。",
            "正文里的件数、条数要与各表的数字一致，写完后请对照核对一遍。",
        ),
    )
    if issue.counts:
        own = ledger_form()
        yield (
            own.name,
            (
                f"“{own.requests.sheet}”每件申请登记一行：答复期限、是否逾期自动算出；"
                f"“{own.publications.sheet}”每条公开的信息登记一行。不登记的，和没有台账一样填。",
                f"登记了的，表中没有打过字的格子直接取“{own.tally}”数出的数；自己打了数字的保留，"
                "与台账不同的在那里标红。",
            ),
        )
    yield (
        "退回以后",
        (
            f"退回的就是这个文件：看第一张表“{issue.form.returned.sheet}”，点“位置”到标红的格，"
            "逐条改正后仍报送这个文件，标记不用删。",
        ),
    )
    yield "填报依据", (issue.edition.source,)
