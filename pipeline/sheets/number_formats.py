"""What a spreadsheet shows of a number, by its format code.

A clerk who pastes from a finance sheet brings its formats along: 12000 shown as 1.2万, 3 as 300%.
What a cell holds is read; who sees another number must be told.  The codes are those of ECMA-376,
18.8.31.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from types import MappingProxyType

from pipeline.text.figures import Kind, printed_decimal, read_figure

BUILT_IN: Mapping[int, str] = MappingProxyType(
    {9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 48: "##0.0E+0"}
)
"""The formats without a code of their own that may show a number as another (18.8.30)."""

_DIGITS = r"(?:\[(?:Red|红色)\])?%s(?:General|GENERAL|@|[#,]{0,4}0(?:\.0{1,9})?)(?:_.){0,3}"
_PLAIN = re.compile(
    rf"(?:{_DIGITS % '[+]?'}(?:;{_DIGITS % r'-'}(?:;{_DIGITS % ''}(?:;{_DIGITS % ''})?)?)?)?"
)
_TOKEN = re.compile(
    r"\[(?P<aside>[^\]]*)\]"
    r'|"(?P<literal>[^"]*)"|[\\!](?P<escaped>.)|[_*](?P<space>.)'
    r"|(?P<general>[Gg]eneral|GENERAL)|(?P<exponent>[Ee][+-])|(?P<digit>[0#?])|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
_REMARK = re.compile(r"[（(][^（()）]*[)）]\s*$")
_LONGEST = 255


def is_plain(code: str) -> bool:
    """Whether a code shows every whole number as it is, or a day, which is read as one."""
    return _PLAIN.fullmatch(code) is not None or _is_day(code)


def _is_day(code: str) -> bool:
    kinds = [(m.lastgroup, m.group().casefold()) for m in _TOKEN.finditer(code[:_LONGEST])]
    letters = any(kind == "other" and text in "ymdhs" for kind, text in kinds)
    return letters and not any(kind in ("digit", "exponent") for kind, _ in kinds)


def shows_another(code: str, value: Decimal, kind: Kind) -> bool:
    """Whether a format code shows the number of a cell as another, or hides it.

    What is shown must read, as a figure of the kind, as what is held.

    >>> codes = ("0.00", "0%", '0!.0,"万"', '0"件"', ";;;", '"1"0', "[<5]0;0%")
    >>> [shows_another(code, Decimal(12), "count") for code in codes]
    [False, True, True, False, True, True, True]
    """
    if len(code) > _LONGEST:
        return True
    return reads_otherwise(displayed(code, value), value, kind)


def reads_otherwise(shown: str, value: Decimal, kind: Kind) -> bool:
    """Whether what a cell shows doesn't read as the number that it holds."""
    plain = _REMARK.sub("", shown).strip().removesuffix(".")
    if kind == "yuan":
        plain = plain.lstrip("¥￥ ")
    held = read_figure(float(value), kind)
    if kind == "money_text":
        return not plain.startswith(printed_decimal(value))
    return read_figure(plain, kind).value != held.value


def hides_text(code: str, text: str, kind: Kind) -> bool:
    """Whether a format code shows the text of a cell as another figure, or hides it."""
    sections = _sections(code[:_LONGEST])
    own = sections[3] if len(sections) == 4 else next((s for s in sections if "@" in s), "@")
    tokens = [(str(m.lastgroup), m.group(str(m.lastgroup))) for m in _TOKEN.finditer(own)]
    shown = "".join(text if t == ("other", "@") else _literal(*t) for t in tokens)
    return read_figure(shown, kind).value != read_figure(text, kind).value


def displayed(code: str, value: Decimal) -> str:
    """What a number looks like under a format code; a fraction or an exponent as ``?``."""
    section, sign = _section(code, value)
    tokens = [(str(m.lastgroup), m.group(str(m.lastgroup))) for m in _TOKEN.finditer(section)]
    kinds = [kind for kind, _ in tokens]
    if "exponent" in kinds or ("other", "/") in tokens:
        return "?"
    if "general" in kinds or ("other", "@") in tokens:
        whole = printed_decimal(abs(value))
        return sign + "".join(
            whole if kind == "general" or text == "@" else _literal(kind, text)
            for kind, text in tokens
        )
    return sign + _filled(tokens, abs(value))


def _section(code: str, value: Decimal) -> tuple[str, str]:
    """The section of a code that is for a value, and the sign that stands before it."""
    sections = _sections(code)
    conditions = [_CONDITION.search("".join(re.findall(r"\[[^\]]*\]", s))) for s in sections]
    for section, condition in zip(sections, conditions, strict=True):
        if condition is not None and _holds(condition.group(1), value, Decimal(condition.group(2))):
            return section, "-" if value < 0 else ""
    if any(conditions):
        free = [s for s, c in zip(sections, conditions, strict=True) if c is None and "@" not in s]
        return (free[-1] if free else "General"), "-" if value < 0 else ""
    if value < 0 and len(sections) > 1:
        return sections[1], ""
    if value == 0 and len(sections) > 2:
        return sections[2], ""
    return sections[0], "-" if value < 0 else ""


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[str, ...]:
    parts = [""]
    for piece in re.findall(r'"[^"]*"|\\.|\[[^\]]*\]|.', code, re.DOTALL):
        if piece == ";":
            parts.append("")
        else:
            parts[-1] += piece
    return tuple(parts)


def _holds(sign: str, value: Decimal, bound: Decimal) -> bool:
    return {
        "<": value < bound,
        ">": value > bound,
        "=": value == bound,
        "<=": value <= bound,
        ">=": value >= bound,
        "<>": value != bound,
    }[sign]


def _literal(kind: str, text: str) -> str:
    if kind in ("aside", "space"):
        currency = re.fullmatch(r"\$([^-]*)(?:-.*)?", text) if kind == "aside" else None
        return currency.group(1) if currency is not None else ""
    return text


def _filled(tokens: Sequence[tuple[str, str]], value: Decimal) -> str:
    """The digits of a number in the places that a code has for them."""
    places = [at for at, (kind, _) in enumerate(tokens) if kind == "digit"]
    point = next((at for at, token in enumerate(tokens) if token == ("other", ".")), len(tokens))
    before = [at for at in places if at < point]
    behind = [at for at in places if at > point]
    commas = [at for at, token in enumerate(tokens) if token == ("other", ",")]
    thousands = [at for at in commas if before and before[0] < at < before[-1]]
    for at, token in enumerate(tokens):
        if token == ("other", "%"):
            value *= 100
        elif at in commas and at not in thousands and places and at > places[0]:
            value /= 1000
    rounded = value.quantize(Decimal(1).scaleb(-len(behind)), ROUND_HALF_UP)
    whole, _, part = format(rounded, "f").partition(".")
    shown = _whole_digits(tokens, before, whole, bool(thousands)) if before else {}
    shown |= _part_digits(tokens, behind, part)
    return "".join(
        shown[at] if at in shown else "" if at in commas else _literal(*token)
        for at, token in enumerate(tokens)
    )


def _whole_digits(
    tokens: Sequence[tuple[str, str]], places: Sequence[int], digits: str, grouped: bool
) -> dict[int, str]:
    """The digits before the point by their places: the rest of them in the first."""
    shown: dict[int, str] = {}
    left = digits.lstrip("0")
    for place in reversed(places):
        own, left = left[-1:], left[:-1]
        shown[place] = own or ("0" if tokens[place][1] == "0" else "")
    shown[places[0]] = left + shown[places[0]]
    if grouped and not _broken(tokens, places):
        joined = "".join(shown[place] for place in places)
        shown = dict.fromkeys(places, "")
        shown[places[-1]] = f"{int(joined):,}" if joined else ""
    return shown


def _broken(tokens: Sequence[tuple[str, str]], places: Sequence[int]) -> bool:
    """Whether something stands among the places of digits that isn't one of them."""
    inside = tokens[places[0] : places[-1] + 1]
    return any(kind != "digit" and (kind, text) != ("other", ",") for kind, text in inside)


def _part_digits(
    tokens: Sequence[tuple[str, str]], places: Sequence[int], digits: str
) -> dict[int, str]:
    """The digits behind the point by their places."""
    kept = len(digits.rstrip("0"))
    return {
        place: digit if at < kept or tokens[place][1] == "0" else ""
        for at, (place, digit) in enumerate(zip(places, digits, strict=False))
    }
