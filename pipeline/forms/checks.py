"""The sheet 校验 of the standardized workbook: every cross-footing rule, computed and told."""

from __future__ import annotations

from pipeline.books.cells import area_text
from pipeline.books.drawing import OPEN_PROTECTION, SMALL_LINE, SMALLER, Sheet, lines_of
from pipeline.books.theme import THEME
from pipeline.forms.context import FormContext, tallied
from pipeline.forms.formulas import RELATIONS
from pipeline.forms.live_checks import CODES, LiveCheck
from pipeline.forms.outcomes import as_shown
from pipeline.forms.places import FIRST_ROW, HEADER_ROW, Columns
from pipeline.forms.verdicts import (
    BROKEN,
    CODE_BROKEN,
    CODE_REMIND,
    CODE_UNKNOWN,
    EXEMPT,
    PASSED,
    UNKNOWN,
)
from pipeline.model.problem import SEVERITIES
from pipeline.text.labels import address

_CHECK_WIDTHS = {
    Columns.RULE: 6,
    Columns.NAME: 15,
    Columns.TABLE: 11,
    Columns.SUBJECT: 22,
    Columns.SEVERITY: 6,
    Columns.TOLD: 42,
    Columns.LEFT: 10,
    Columns.RELATION: 9,
    Columns.RIGHT: 10,
    Columns.OUTCOME: 10,
    Columns.LINK: 6,
    Columns.REASON: 28,
}
_CHECK_HEADER = {
    Columns.NAME: "规则",
    Columns.TABLE: "所在表",
    Columns.SEVERITY: "级别",
    Columns.TOLD: "核对什么",
    Columns.LEFT: "左边",
    Columns.RELATION: "关系",
    Columns.RIGHT: "右边",
    Columns.OUTCOME: "结果",
    Columns.LINK: "位置",
}


def check_sheet(sheet: Sheet, issue: FormContext) -> None:
    style, checks = issue.styles, issue.checks
    sheet.set_tab_color(THEME.error_ink)
    for column, width in _CHECK_WIDTHS.items():
        sheet.set_column(column, column, width)
    sheet.set_column(Columns.CODE, Columns.INVALID, None, None, {"hidden": True})
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, f"{issue.form.checks.sheet}：勾稽关系逐条核对", style("title"))
    _verdict(sheet, issue)
    sheet.write_string(
        2,
        0,
        f"错误须改正后才能通过；黄底的“{issue.form.checks.reason}”可以写：经核对确实如此的，写明原因，数字不改。",
        style("small", "muted"),
    )
    sheet.set_row(HEADER_ROW, 22)
    named = issue.form.checks
    header = {
        **_CHECK_HEADER,
        Columns.RULE: named.rule,
        Columns.SUBJECT: named.subject,
        Columns.REASON: named.reason,
    }
    for column, text in header.items():
        sheet.write_string(HEADER_ROW, column, text, style("band", "box", "left"))
    for check in checks.checks:
        _check_line(sheet, check, issue)
    for i, layout in enumerate(checks.layouts):
        values = (*tallied(layout, issue), 0)
        for column, formula, value in zip(
            (Columns.BROKEN, Columns.REMINDERS, Columns.INVALID),
            checks.tally[i],
            values,
            strict=True,
        ):
            sheet.write_formula(FIRST_ROW + i, column, formula, style("plain"), value)
    _outcome_colours(sheet, issue)
    _asides(sheet, issue)
    sheet.autofilter(HEADER_ROW, 0, checks.last_row, Columns.REASON)
    sheet.freeze_panes(FIRST_ROW, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.print_area(0, 0, checks.last_row, Columns.REASON)
    sheet.set_landscape()
    sheet.set_zoom(90)
    sheet.protect("", OPEN_PROTECTION)


def _check_line(sheet: Sheet, check: LiveCheck, issue: FormContext) -> None:
    style, row, found = issue.styles, check.row, issue.outcome(check)
    lines = max(
        lines_of(check.told, _CHECK_WIDTHS[Columns.TOLD] * SMALLER),
        lines_of(check.identity.subject, _CHECK_WIDTHS[Columns.SUBJECT] * SMALLER),
        lines_of(RELATIONS[check.rule.relation], _CHECK_WIDTHS[Columns.RELATION] * SMALLER),
    )
    sheet.set_growing_row(row, lines * SMALL_LINE + 6)
    centre = style("box", "small", "centre", "wrap")
    wrap = style("box", "small", "wrap", "left")
    number = style("box", "small", "right")
    sheet.write_string(row, Columns.RULE, check.rule.id, centre)
    sheet.write_string(row, Columns.NAME, check.rule.name, wrap)
    sheet.write_string(row, Columns.TABLE, check.table, centre)
    sheet.write_string(row, Columns.SUBJECT, check.identity.subject, wrap)
    sheet.write_string(row, Columns.SEVERITY, SEVERITIES[check.rule.severity], centre)
    sheet.write_string(row, Columns.TOLD, check.told, wrap)
    sheet.write_formula(row, Columns.LEFT, check.left, number, found.left)
    sheet.write_string(row, Columns.RELATION, RELATIONS[check.rule.relation], centre)
    sheet.write_formula(row, Columns.RIGHT, check.right, number, found.right)
    outcome = style("box", "small", "centre", "good")
    sheet.write_formula(row, Columns.OUTCOME, check.outcome, outcome, found.outcome)
    place = f"internal:'{check.table}'!{address(*check.anchor)}"
    sheet.write_url(row, Columns.LINK, place, style("box", "small", "centre", "link"), "查看")
    reason = "input" if check.rule.answerable else "quiet"
    sheet.write_blank(row, Columns.REASON, None, style("box", "small", "wrap", "left", reason))
    sheet.write_formula(row, Columns.CODE, check.code, style("plain"), found.code)


_OUTCOMES = (PASSED, BROKEN, UNKNOWN, EXEMPT)


def _verdict(sheet: Sheet, issue: FormContext) -> None:
    """How many rules came out how."""
    last = issue.checks.last_row
    outcomes = area_text((FIRST_ROW, Columns.OUTCOME, last, Columns.OUTCOME))
    counted = [f'"{word} "&COUNTIF({outcomes},"{word}")&" 项"' for word in _OUTCOMES]
    found = [outcome.outcome for outcome in issue.outcomes]
    told = "，".join(f"{word} {found.count(word)} 项" for word in _OUTCOMES)
    sheet.write_formula(1, 0, "=" + '&"，"&'.join(counted), issue.styles("good_ink"), told)
    for code, trait in ((CODE_BROKEN, "bad_ink"), (CODE_UNKNOWN, "warn_ink")):
        condition = f"=MAX({CODES})>={code}"
        rule = {"type": "formula", "criteria": condition, "stop_if_true": True}
        sheet.conditional_format(1, 0, 1, 0, {**rule, "format": issue.styles.over(trait)})


def _outcome_colours(sheet: Sheet, issue: FormContext) -> None:
    last = issue.checks.last_row
    outcome = f"${address(FIRST_ROW, Columns.OUTCOME)}"
    code = f"${address(FIRST_ROW, Columns.CODE)}"
    area = (FIRST_ROW, Columns.OUTCOME, last, Columns.OUTCOME)
    for condition, trait in (
        (f"={code}={CODE_BROKEN}", "bad"),
        (f"={code}={CODE_REMIND}", "warn"),
        (f'={outcome}<>"{PASSED}"', "quiet"),
    ):
        rule = {"type": "formula", "criteria": condition, "stop_if_true": True}
        sheet.conditional_format(*area, {**rule, "format": issue.styles.over(trait)})


def _asides(sheet: Sheet, issue: FormContext) -> None:
    """Below the rules, the figures that they need and that no table sheet shows."""
    tables = {layout.table.key: layout.sheet for layout in issue.checks.layouts}
    groups = (
        ("上年数", "上年的数字（由公开办预填；空着的，有关的规则不核对）", issue.checks.prior),
        ("折合万元", "带单位的金额折合万元", issue.checks.amounts),
    )
    style = issue.styles
    for what, caption, asides in groups:
        if not asides:
            continue
        top = asides[0].row - 1
        for column in range(Columns.LEFT + 1):
            sheet.write_blank(top, column, None, style("band"))
        sheet.write_string(top, 0, caption, style("band"))
        for aside in asides:
            line = style("lines", "small", "left")
            for column, text in (
                (Columns.TABLE, tables[aside.field.table]),
                (Columns.SUBJECT, what),
                (Columns.TOLD, aside.field.name),
            ):
                sheet.write_string(aside.row, column, text, line)
            sheet.write_blank(aside.row, Columns.SEVERITY, None, line)
            number = style("box", "small", "right", "quiet")
            spot = (aside.row, Columns.LEFT)
            prior = issue.prefill.prior.get(aside.field.key)
            if aside.formula:
                amount = issue.figures[aside.field.key]
                shown = as_shown(amount, aside.field.scale)
                sheet.write_formula(*spot, aside.formula, number, shown)
            elif prior is None:
                sheet.write_blank(*spot, None, number)
            else:
                sheet.write_number(*spot, as_shown(prior, aside.field.scale), number)
