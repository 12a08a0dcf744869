"""Reading one cell as a figure: exactly, or not at all.

A number typed as text is understood when it can only mean one thing, and said to have been;
anything doubtful is refused, with the reading that was refused.
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

Kind = Literal["count", "signed", "money", "money_text", "yuan"]
"""What a figure is: 件 (a whole number, not negative), a signed whole number, an amount in
万元, an amount written with its own unit (``108万元``, ``251000元``), or an amount in 元."""


MONEY_SCALE = 1_000_000
"""Money is kept as a whole number of 分 (0.01 元), so that sums are exact: 1 万元 is this many."""


SCALES: Mapping[Kind, int] = MappingProxyType(
    {"count": 1, "signed": 1, "money": MONEY_SCALE, "money_text": MONEY_SCALE, "yuan": 100}
)
"""Kept whole numbers (件, 分) per printed unit, by what a figure is."""


# -------------------------------------------------------------------- figures as people write


def format_value(value: int, scale: int = 1, signed: bool = False) -> str:
    """A kept whole number as it is printed: exact, without trailing zeros.

    >>> printed(592372449000, MONEY_SCALE)
    '592372.449'
    """
    text = str(value)
    if scale != 1:
        text = format(Decimal(value) / scale, "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"+{text}" if signed and value > 0 else text


Raw = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta | None
"""A cell's value as a spreadsheet reader gives it."""

LARGEST: Mapping[Kind, int] = {
    "count": 10**10,
    "signed": 10**10,
    "money": 10**14,
    "money_text": 10**14,
    "yuan": 10**14,
}
"""What no figure of one unit reaches, in kept whole numbers; the sums then fit 64 bits."""

BLANKS = frozenset({"", "-", "--", "—", "——", "/", "\\", "无"})
"""What clerks write for nothing. It counts as 0, and is told."""

_ERROR_VALUES = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!")
_COUNT_UNITS = "件条项个次宗份"
_SCALES = {"元": 100, "万元": MONEY_SCALE, "万": MONEY_SCALE, "亿元": MONEY_SCALE * 10_000}
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_MINUS = str.maketrans({"−": "-", "–": "-", "－": "-", "＋": "+"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell as read: ``value`` in kept whole numbers, or None with the ``fault``'s name.

    ``text`` is what stood in the cell, ``corrected`` tells that it was text taken for a number,
    ``written`` is the amount as the unit wrote it.
    """

    value: int | None
    fault: str = ""
    text: str = ""
    corrected: bool = False
    written: str = ""


def truncate(text: str, limit: int = 40) -> str:
    """A piece of somebody's text fit to stand in a message: one short line."""
    line = "".join(c if c.isprintable() else " " for c in text)
    return line if len(line) <= limit else line[:limit] + "…"


def plain_count(raw: Raw, kind: Kind) -> int | None:
    """The value of a cell that holds a plain whole number of items, as nearly all do; None for
    whatever :func:`read_figure` has to look at."""
    if type(raw) is float and kind == "count" and 0 <= raw <= LARGEST[kind] and raw.is_integer():
        return int(raw)
    return None


def read_figure(raw: Raw, kind: Kind) -> Reading:
    """Read a cell as a figure of a kind.

    Faults are the ends of catalogue names: blank, not_a_number, dated, formula_error, not_whole,
    too_precise, too_large, no_unit.  Whether a value may be negative is the schema's business.
    """
    if type(raw) is float or type(raw) is int:
        return _read_number(raw, kind)
    if raw is None:
        return Reading(None, "blank")
    if isinstance(raw, str):
        return _read_text(raw, kind)
    if isinstance(raw, bool):
        return Reading(None, "not_a_number", str(raw).upper())
    return Reading(None, "dated", _day_or_time(raw))


def _day_or_time(raw: Raw) -> str:
    if isinstance(raw, datetime.timedelta):
        minutes, seconds = divmod(int(raw.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(raw)


def _read_number(raw: float, kind: Kind) -> Reading:
    if not math.isfinite(raw):
        return Reading(None, "not_a_number", str(raw))
    # A spreadsheet shows 15 digits and computes with the nearest binary number; the clerk's
    # 0.3 is what is shown, not the 0.30000000000000004 that a formula left in the file.
    amount = Decimal(format(raw, ".15g"))
    if kind == "money_text":
        if amount:
            return Reading(None, "no_unit", printed_decimal(amount))
        return Reading(0, written="0")
    return _kept(amount, kind, printed_decimal(amount))


def printed_decimal(amount: Decimal) -> str:
    """A decimal in plain digits, without trailing zeros."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _kept(amount: Decimal, kind: Kind, text: str, scale: int | None = None) -> Reading:
    unit = scale or SCALES[kind]
    if abs(amount) * unit > LARGEST[kind]:
        return Reading(None, "too_large", text)
    kept = amount * unit
    if kept != kept.to_integral_value():
        return Reading(None, "too_precise" if unit != 1 else "not_whole", text)
    return Reading(int(kept), text=text)


def _read_text(raw: str, kind: Kind) -> Reading:
    plain = unicodedata.normalize("NFKC", raw).translate(_MINUS).strip()
    if plain.upper() in _ERROR_VALUES:
        return Reading(None, "formula_error", plain)
    if "".join(plain.split()) in BLANKS:
        return Reading(None, "blank", truncate(raw))
    number, unit = _split(plain)
    if number is None:
        return Reading(None, "not_a_number", truncate(raw))
    if kind == "money_text":
        return _read_amount(raw, number, unit)
    if kind in ("money", "yuan"):
        if unit not in ("", *_SCALES):
            return Reading(None, "not_a_number", truncate(raw))
        read = _kept(number, kind, truncate(raw), _SCALES.get(unit))
    else:
        if unit and unit not in _COUNT_UNITS:
            return Reading(None, "not_a_number", truncate(raw))
        read = _kept(number, kind, truncate(raw))
    # 本年增/减 is commonly typed +10, which a spreadsheet keeps as text: nothing to tell.
    usual = kind == "signed" and re.fullmatch(r"[+-][0-9]+", plain) is not None
    return Reading(read.value, read.fault, read.text, read.value is not None and not usual)


def _split(plain: str) -> tuple[Decimal | None, str]:
    """A number and the unit behind it, or None where the text is not just that."""
    found = _NUMBER.match(plain)
    if not found or len(found.group()) > 30:
        return None, ""
    return Decimal(found.group().replace(",", "")), plain[found.end() :].strip()


def _read_amount(raw: str, number: Decimal, unit: str) -> Reading:
    if not unit:
        if number:
            return Reading(None, "no_unit", truncate(raw))
        return Reading(0, text=truncate(raw), written="0")
    if unit not in _SCALES:
        return Reading(None, "not_a_number", truncate(raw))
    read = _kept(number, "money_text", truncate(raw), _SCALES[unit])
    written = f"{printed_decimal(number)}{unit if unit != '万' else '万元'}"
    plain = written == raw.strip() or (unit != "万" and raw.strip() == f"{number}{unit}")
    return Reading(
        read.value,
        read.fault,
        read.text,
        read.value is not None and not plain,
        raw.strip() if plain else written,
    )


def format_figure(value: int, kind: Kind) -> str:
    """A kept whole number as a message says it."""
    return format_value(value, SCALES[kind])


def read_date(raw: Raw) -> datetime.date | None:
    """A cell as a day, typed as a date or written like 2024-3-1, 2024.3.1 or 2024年3月1日."""
    if isinstance(raw, datetime.datetime):
        return raw.date()
    if isinstance(raw, datetime.date):
        return raw
    if not isinstance(raw, str):
        return None
    plain = unicodedata.normalize("NFKC", "".join(raw.split()))
    parts = re.fullmatch(r"([0-9]{4})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?", plain)
    if parts is None:
        return None
    try:
        return datetime.date(*(int(part) for part in parts.groups()))
    except ValueError:
        return None
