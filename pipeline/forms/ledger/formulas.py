"""What a ledger's sheets compute, as formulas of Excel 2010 that WPS and LibreOffice compute too.

They say of a line what :mod:`pipeline.ledger.deadlines` and :mod:`pipeline.ledger.counting` say of the same
request: the last day for its answer, how it stands today, and where it counts.  Working days are
looked up in the list of those of the years around (they are exact, with 调休): so many after a day
is so many places further down.  Columns that only help are hidden at the right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.declare.ledger import LedgerForm, LedgerSheet

DAYS, TODAY, FIRST_DAY, LAST_DAY, YEAR = (
    "台账工作日",
    "台账今天",
    "台账首日",
    "台账末日",
    "台账年度",
)
"""Defined names: the list of working days, today, the days that the list covers, the year."""

CONFIRMED, APPLICANTS, RESULTS = "台账确认方式", "台账申请人", "台账处理结果"
CYCLES, CYCLE_DAYS = "台账周期", "台账周期天数"
"""Defined names of lists: channels by confirmation, kinds of applicant, results, cycles."""

REQUESTS, PUBLICATIONS, WATCHED = "依申请台账", "主动台账", "栏目表"
"""The names of the tables (Excel's) on the ledgers' sheets."""

NEW, CARRIED = "新收", "结转"
CARRIED_OUT = "结转下年度"
"""What the hidden columns say of where a line counts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Helper:
    """A hidden column: its header and its formula."""

    label: str
    formula: str


class _Row:
    """The cells of a line by column key, as references within the table."""

    def __init__(self, table: str, sheet: LedgerSheet) -> None:
        self._table = table
        self._labels = {column.key: column.label for column in sheet.columns}

    def __getitem__(self, key: str) -> str:
        return f"{self._table}[[#This Row],[{self._labels.get(key, key)}]]"

    def number(self, key: str) -> str:
        return f"ISNUMBER({self[key]})"


def whole(table: str, label: str) -> str:
    """A column of a table, all its lines."""
    return f"{table}[{label}]"


RECEIVED, BEGUN, AT, UNTIL, PAUSED, FIRST, VALID, CAME_IN, WENT_OUT = (
    "收到之日",
    "起算之日",
    "起算序号",
    "截至之日",
    "不计入天数",
    "未延期期限",
    "完整",
    "收",
    "办",
)
"""The headers of the hidden columns."""


def request_formulas(form: LedgerForm) -> tuple[Mapping[str, str], tuple[Helper, ...]]:
    """The formulas of the computed columns of 依申请公开台账 by key, and its hidden columns."""
    row = _Row(REQUESTS, form.requests)
    words, periods = form.statuses, form.periods
    unknown = f'"{words["unknown"]}"'
    correcting = f"AND({row.number('correction_asked')},NOT({row.number('corrected')}))"
    extended = f"{periods.answer}+MIN({periods.extension},N({row['extension']}))"
    extends = f"AND({row.number('extension_told')},N({row['extension_told']})<={row[FIRST]})"
    due = (
        f'=IF({row[RECEIVED]}="","",IF({correcting},"",IF({row[FIRST]}="",{unknown},'
        f"IF({extends},IFERROR({_within(row, extended)},{unknown}),{row[FIRST]}))))"
    )
    return {"due": due, "status": _status(row, form, correcting)}, (
        Helper(label=RECEIVED, formula=_received(row)),
        Helper(
            label=BEGUN,
            formula=f'=IF({row[RECEIVED]}="","",IF({row.number("corrected")},{row["corrected"]},'
            f"{row[RECEIVED]}))",
        ),
        Helper(
            label=AT,
            formula=f'=IF({row[BEGUN]}="","",IF(OR({row[BEGUN]}<{FIRST_DAY},'
            f'{row[BEGUN]}>{LAST_DAY}),"",IFERROR(MATCH({row[BEGUN]},{DAYS},1),0)))',
        ),
        Helper(
            label=UNTIL,
            formula=f"=IF({row.number('answered')},{row['answered']},{TODAY})",
        ),
        Helper(label=PAUSED, formula=_paused(row)),
        Helper(
            label=FIRST,
            formula=f'=IF({row[AT]}="","",IFERROR({_within(row, str(periods.answer))},""))',
        ),
        Helper(label=VALID, formula=_valid(row)),
        Helper(label=CAME_IN, formula=_came_in(row)),
        Helper(
            label=WENT_OUT,
            formula=f'=IF({row[CAME_IN]}="","",IF({row.number("answered")},'
            f'IF(YEAR({row["answered"]})>{YEAR},"{CARRIED_OUT}",{row["result"]}),"{CARRIED_OUT}"))',
        ),
    )


def _received(row: _Row) -> str:
    by_confirmation = f"COUNTIF({CONFIRMED},{row['channel']})>0"
    return (
        f"=IF({row.number('came')},IF(AND({by_confirmation},{row.number('confirmed')}),"
        f'{row["confirmed"]},{row["came"]}),"")'
    )


def _within(row: _Row, allowed: str) -> str:
    """The last of so many working days, the time of consultation left out unless it began
    when they were over."""
    plain = f"INDEX({DAYS},{row[AT]}+{allowed})"
    later = f"INDEX({DAYS},{row[AT]}+{allowed}+{row[PAUSED]})"
    outside = f"OR(NOT({row.number('consulted')}),N({row['consulted']})>{plain})"
    return f"IF({outside},{plain},{later})"


def _paused(row: _Row) -> str:
    heard = f"IF({row.number('heard')},MIN({row['heard']},{row[UNTIL]}),{row[UNTIL]})"
    begun = f"MAX({row['consulted']},{row[BEGUN]})"
    return (
        f'=IF(OR({row[AT]}="",NOT({row.number("consulted")})),0,'
        f"IFERROR(MAX(0,MATCH({heard},{DAYS},1)-MATCH({begun},{DAYS},1)),0))"
    )


def _status(row: _Row, form: LedgerForm, correcting: str) -> str:
    words = {key: f'"{text}"' for key, text in form.statuses.items()}
    late = f"AND({row.number('due')},{row[UNTIL]}>N({row['due']}))"
    left = f"MATCH({row['due']},{DAYS},1)-MATCH({TODAY},{DAYS},1)"
    near = (
        f"IF({TODAY}={row['due']},{words['today']},"
        f"IF({left}<={form.periods.soon},{words['soon']},{words['open']}))"
    )
    consulting = f"AND({row.number('consulted')},NOT({row.number('heard')}),NOT({late}))"
    running = (
        f'IF(OR({row[AT]}="",{TODAY}>{LAST_DAY}),{words["unknown"]},'
        f"IF({consulting},{words['consulting']},IF(NOT({row.number('due')}),{words['open']},"
        f"IF({late},{words['late']},{near}))))"
    )
    answered = f"IF({late},{words['answered_late']},{words['answered']})"
    return (
        f'=IF({row[RECEIVED]}="","",IF({correcting},IF({row.number("answered")},'
        f"{words['answered']},{words['correcting']}),IF({row.number('answered')},{answered},"
        f"{running})))"
    )


def _valid(row: _Row) -> str:
    """1 for a line that counts: what it needs is there, and an answer has its result."""
    return (
        f'=IF(AND({row["number"]}<>"",{row.number("came")},'
        f"COUNTIF({APPLICANTS},{row['applicant']})>0,OR(NOT({row.number('answered')}),"
        f"COUNTIF({RESULTS},{row['result']})>0)),1,0)"
    )


def _came_in(row: _Row) -> str:
    return (
        f'=IF({row[VALID]}=0,"",IF(YEAR({row[RECEIVED]})>{YEAR},"",'
        f'IF(AND({row.number("answered")},YEAR(N({row["answered"]}))<{YEAR}),"",'
        f'IF(YEAR({row[RECEIVED]})={YEAR},"{NEW}","{CARRIED}"))))'
    )


def watched_formulas(form: LedgerForm) -> Mapping[str, str]:
    """The formulas of the computed columns of 栏目更新, by key."""
    row = _Row(WATCHED, form.watched)
    labels = {column.key: column.label for column in form.publications.columns}
    columns_, dates = (whole(PUBLICATIONS, labels[key]) for key in ("column", "date"))
    there = f'COUNTIFS({columns_},{row["name"]},{dates},">0")=0'
    days = f"INDEX({CYCLE_DAYS},MATCH({row['cycle']},{CYCLES},0))"
    until = f"MIN({TODAY},DATE({YEAR},12,31))"
    since = f"IF(ISNUMBER({row['latest']}),{row['latest']},DATE({YEAR},1,1))"
    return {
        "latest": f'=IF({row["name"]}="","",IF({there},"",IFERROR('
        f'SUMPRODUCT(MAX(({columns_}={row["name"]})*{dates})),"")))',
        "next": f'=IF(OR({row["name"]}="",{YEAR}=0),"",IFERROR(IF({days}="","",{since}+{days}),""))',
        "state": f'=IF({row["name"]}="","",IF(NOT({row.number("next")}),"{form.states["free"]}",'
        f'IF({until}>{row["next"]},"{form.states["due"]}","{form.states["fresh"]}")))',
    }
