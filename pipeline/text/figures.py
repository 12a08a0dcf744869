"""Reading one cell as a figure: exactly, or not at all.

A number typed as text is understood when it can only mean one thing, and said to have been;
anything doubtful is refused, with the reading that was refused.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
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

_ERROR = re.compile(r"#(?:N/A|DIV/0!|[A-Z_]{2,20}[!?]|GETTING_DATA)|Err:[0-9]{3}", re.IGNORECASE)
_ERROR_BEGINS = frozenset("#Ee")
"""What a spreadsheet shows of a formula without a result; newer versions have names of their own."""

_COUNT_UNITS = "件条项个次宗份"
_SCALES = {"元": 100, "万元": MONEY_SCALE, "万": MONEY_SCALE, "亿元": MONEY_SCALE * 10_000}
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_MINUS = {ord("−"): ord("-"), ord("–"): ord("-")}
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""Marks without a shape, as they come along with what is copied from a page or a calculator."""
_REVERSING = "\u202e"
_ANNOTATED = re.compile(r"([^（()）]+)[（(]([^（()）]*)[)）]")
_LONGEST_REMARK = 100
_OTHERWISE = re.compile("[百千万亿%‰倍]|[应实原误改]为|更正|不含|不包括|另|约")
"""In a remark behind a number: that the number is counted in another way, or another one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell as read: ``value`` in kept whole numbers, or None with the ``fault``'s name.

    ``text`` is what stood in the cell, ``corrected`` tells that it was text taken for a number,
    ``written`` is what is printed where that is not the number alone: an amount as the unit wrote
    it, a number with a remark behind it; ``invisible`` tells that marks without a shape were left
    out.
    """

    value: int | None
    fault: str = ""
    text: str = ""
    corrected: bool = False
    written: str = ""
    invisible: bool = False


def fold_width(text: str) -> str:
    """A text with its full-width digits, signs and Latin letters in half width, and nothing else
    changed: ``①`` and ``²`` are no digits of a number.

    >>> fold_width("１，２３４①")
    '1,234①'
    """
    return text.translate(_FULL_WIDTH)


def without_invisible(text: str) -> str:
    """A text without marks that have no shape."""
    return _INVISIBLE.sub("", text)


def is_error(text: str) -> bool:
    """Whether a cell's text is the error of a formula: ``#REF!``, ``#SPILL!``, ``Err:502``."""
    return text.lstrip()[:1] in _ERROR_BEGINS and _ERROR.fullmatch(text.strip()) is not None


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
    too_precise, too_large, no_unit, reversed.  Whether a value may be negative is the schema's
    business.
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
    visible = without_invisible(raw)
    if visible != raw:
        if _REVERSING in raw and len(set(visible.strip())) > 1:
            return Reading(None, "reversed", truncate(visible))
        reading = _read_visible(visible, kind)
        return replace(reading, corrected=reading.value is not None, invisible=True)
    return _read_visible(raw, kind)


def _read_visible(raw: str, kind: Kind) -> Reading:
    reading = _read_plain(raw, kind)
    if reading.fault != "not_a_number":
        return reading
    annotated = _ANNOTATED.fullmatch(raw.strip()) if len(raw) <= _LONGEST_REMARK else None
    if annotated is None or kind in ("money", "yuan") or not _is_remark(annotated.group(2)):
        return reading
    counted = _read_plain(annotated.group(1), kind)
    if counted.value is None:
        return reading
    return replace(counted, text=truncate(raw), corrected=False, written=" ".join(raw.split()))


def _is_remark(text: str) -> bool:
    """Whether words in brackets say something of a number, and not that it is another one."""
    return any("\u4e00" <= c <= "\u9fff" for c in text) and _OTHERWISE.search(text) is None


def _read_plain(raw: str, kind: Kind) -> Reading:
    plain = fold_width(raw).translate(_MINUS).strip()
    if is_error(plain):
        return Reading(None, "formula_error", truncate(plain))
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
    plain = fold_width("".join(without_invisible(raw).split()))
    parts = re.fullmatch(r"([0-9]{4})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?", plain)
    if parts is None:
        return None
    try:
        return datetime.date(*(int(part) for part in parts.groups()))
    except ValueError:
        return None
