"""A declared chart as SVG, for the page and the 图解: plain shapes, and text that stays text.

Nothing here knows where a drawing goes.  Each shape has its colour of :data:`THEME` as an
attribute, which any viewer understands, and a class (``chart-ink``, ``chart-1`` …), by which a
page's :data:`STYLE` gives it the colours of a light or a dark screen.  Lengths are in pixels.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import cos, pi, sin
from types import MappingProxyType

from pipeline.aggregate.charts import Bar, Picture, percent
from pipeline.books.theme import THEME
from pipeline.model.edition import ChartKind
from pipeline.ooxml.text import one_line

FONTS = (
    "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','Source Han Sans SC',"
    "'WenQuanYi Micro Hei',SimHei,sans-serif"
)

_COLOURS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "chart-ink": (THEME.ink, "#E6EAEE"),
        "chart-muted": (THEME.muted, "#A3AFBA"),
        "chart-track": (THEME.label_fill, "#2A323A"),
        "chart-surface": ("#FFFFFF", "#1B2127"),
        "chart-before": (THEME.line, "#7A8794"),
        **{
            f"chart-{at}": (light, dark)
            for at, (light, dark) in enumerate(
                zip(
                    THEME.series,
                    ("#7FB2E5", "#EC9A5E", "#6CC29A", "#B69AE0", "#D9B44A", "#98A6B1"),
                    strict=True,
                ),
                1,
            )
        },
    }
)
"""Each class with its colour on a light and on a dark screen."""


def _style() -> str:
    def rules(dark: bool) -> str:
        return "".join(
            f".{name}{{fill:var(--{name},{colours[dark]})}}" for name, colours in _COLOURS.items()
        )

    return (
        f".chart text{{font-family:inherit}}{rules(False)}"
        f"@media (prefers-color-scheme:dark){{{rules(True)}}}"
    )


STYLE = _style()
"""For the style sheet of a page with charts in it; ``--chart-ink`` and so on override a colour."""

PARTS = len(THEME.series)
"""A ring shows so many parts; more of them are easier to compare as bars."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """SVG elements that fill a place of this size, from its upper left corner."""

    width: float
    height: float
    body: str


def svg(picture: Picture, *, width: float, size: float = 14, name: str = "") -> str:
    """A chart as an ``<svg>`` element with its title and, for those who can't see it, its figures.

    ``size`` is that of the text; ``name`` tells the charts of one page apart.
    """
    drawn = drawing(picture, width=width, size=size)
    ids = f"{escape(name or 'chart')}-{escape(picture.chart.key)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" '
        f'aria-labelledby="{ids}-title {ids}-desc" font-family="{FONTS}" '
        f'viewBox="0 0 {_n(drawn.width)} {_n(drawn.height)}" width="{_n(drawn.width)}" '
        f'height="{_n(drawn.height)}"><title id="{ids}-title">{escaped(picture.title)}</title>'
        f'<desc id="{ids}-desc">{escaped(picture.about)}</desc>{drawn.body}</svg>'
    )


def drawing(picture: Picture, *, width: float, size: float = 14) -> Drawing:
    """The shapes of a chart, without its title; of one with nothing to draw, words that say so."""
    if picture.empty:
        words = text(0, size * 1.2, picture.nothing, size=size, style="chart-muted")
        return Drawing(width=width, height=size * 2, body=words)
    return _KINDS[picture.chart.kind](picture, width, size)


# ------------------------------------------------------------------------------ the elements


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float,
    style: str = "chart-ink",
    anchor: str = "start",
    bold: bool = False,
    fonts: str = "",
) -> str:
    """Words on one line, whose foot is at ``y``; ``style`` is a class, or a colour as it is."""
    weight = ' font-weight="700"' if bold else ""
    weight += f' font-family="{fonts}"' if fonts else ""
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}"{at}{weight} '
        f"{_filled(style)}>{escaped(words)}</text>"
    )


def box(x: float, y: float, width: float, height: float, style: str, round_: float = 0) -> str:
    corner = f' rx="{_n(round_)}"' if round_ else ""
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"{corner} '
        f"{_filled(style)}/>"
    )


def _filled(style: str) -> str:
    """A shape's colour: one of the classes, or a colour as it is."""
    return (
        f'fill="{style}"'
        if style.startswith("#")
        else f'class="{style}" fill="{_COLOURS[style][0]}"'
    )


def _n(number: float) -> str:
    """A length to a tenth of a pixel, so that the same figures give the same bytes anywhere."""
    return f"{number:.1f}".removesuffix(".0")


def escaped(words: str) -> str:
    """Text for XML: escaped, on one line, without what no XML may hold."""
    return escape(one_line(words))


def text_width(words: str, size: float) -> float:
    """About how wide a text is: there are no fonts to measure by where nothing is installed."""
    wide = sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.58 for c in words)
    return wide * size


def wrapped(words: str, room: float, size: float, lines: int = 2) -> list[str]:
    """A text over so many lines at most; what is longer ends in an ellipsis."""
    made = [""]
    for character in words:
        if text_width(made[-1] + character, size) > room and made[-1]:
            if len(made) == lines:
                made[-1] = made[-1][:-1] + "…"
                break
            made.append("")
        made[-1] += character
    return made


# ------------------------------------------------------------------------------ bars


def _bars(picture: Picture, width: float, size: float) -> Drawing:
    """A bar for each, its name before it and its figure behind it."""
    said = [_figure(bar) for bar in picture.bars]
    most = max(abs(bar.value) for bar in picture.bars)
    label, room = _columns(picture.bars, said, width, size)
    body: list[str] = []
    y = 0.0
    for bar, figure in zip(picture.bars, said, strict=True):
        lines = wrapped(bar.label, label, size)
        height = size * (2 if len(lines) == 1 else 2.9)
        body += _label(lines, y, height, size)
        top, thick = y + height / 2 - size * 0.55, size * 1.1
        left, length = label + size * 0.8, _length(bar.value, most, room)
        body.append(box(left, top, room, thick, "chart-track", 2))
        body.append(box(left, top, length, thick, "chart-1", 2))
        foot = y + height / 2 + size * 0.36
        body.append(text(left + room + size * 0.6, foot, figure, size=size, bold=True))
        y += height
    return Drawing(width=width, height=y, body="".join(body))


def _figure(bar: Bar) -> str:
    return f"{bar.shown}（{percent(bar.share)}）" if bar.share is not None else bar.shown


def _columns(
    bars: Sequence[Bar], said: Sequence[str], width: float, size: float
) -> tuple[float, float]:
    """The room for the labels, and for the bars between them and their figures."""
    label = min(max(text_width(bar.label, size) for bar in bars) + 1, width * 0.38)
    figure = max(text_width(words, size) for words in said) * 1.06
    return label, max(width - label - figure - size * 1.4, width * 0.1)


def _label(lines: Sequence[str], y: float, height: float, size: float) -> Iterator[str]:
    foot = y + height / 2 + size * (0.36 - 0.6 * (len(lines) - 1))
    for at, line in enumerate(lines):
        yield text(0, foot + at * size * 1.2, line, size=size)


def _length(value: int, most: int, room: float) -> float:
    """A bar's length; the smallest figure is still seen, and none has one."""
    return max(2.0, room * abs(value) / most) if value and most else 0.0


# ------------------------------------------------------------------------------ parts of a whole


def _parts(picture: Picture, width: float, size: float) -> Drawing:
    """A ring with its whole in the middle, and a line for each part beside or below it."""
    if len(picture.bars) > PARTS:
        return _bars(picture, width, size)
    radius = size * 4.6
    beside = width >= radius * 2 + size * 16
    left = radius * 2 + size * 1.8 if beside else 0.0
    pitch = size * 1.75
    listed = pitch * len(picture.bars)
    height = max(radius * 2, listed) if beside else radius * 2 + size + listed
    middle = (radius, height / 2) if beside else (width / 2, radius)
    body = [*_ring(picture.bars, *middle, radius), *_whole(picture, *middle, size)]
    top = (height - listed) / 2 if beside else radius * 2 + size
    for at, bar in enumerate(picture.bars):
        body += _part(bar, at, left, top + at * pitch, width, size)
    return Drawing(width=width, height=height, body="".join(body))


def _ring(bars: Sequence[Bar], x: float, y: float, radius: float) -> Iterator[str]:
    whole = sum(bar.value for bar in bars)
    inner, turned = radius * 0.6, 0.0
    for at, bar in enumerate(bars, 1):
        part = bar.value / whole
        style = _filled(f"chart-{at}")
        edge = f'stroke="{_COLOURS["chart-surface"][0]}" stroke-width="1.5"'
        if bar.value == whole:
            yield _closed_ring(x, y, radius, inner, style)
        elif bar.value:
            yield f'<path d="{_slice(x, y, radius, inner, turned, part)}" {style} {edge}/>'
        turned += part


def _closed_ring(x: float, y: float, radius: float, inner: float, style: str) -> str:
    def circle(r: float, sweep: int) -> str:
        half = f"A{_n(r)} {_n(r)} 0 1 {sweep}"
        return f"M{_n(x)} {_n(y - r)}{half} {_n(x)} {_n(y + r)}{half} {_n(x)} {_n(y - r)}Z"

    return f'<path d="{circle(radius, 1)}{circle(inner, 0)}" {style}/>'


def _slice(x: float, y: float, radius: float, inner: float, start: float, part: float) -> str:
    """A part of a ring; ``start`` and ``part`` are of the whole turn, from the top."""

    def at(r: float, turn: float) -> str:
        angle = 2 * pi * turn
        return f"{_n(x + r * sin(angle))} {_n(y - r * cos(angle))}"

    far = int(part > 0.5)
    end = start + part
    return (
        f"M{at(radius, start)}A{_n(radius)} {_n(radius)} 0 {far} 1 {at(radius, end)}"
        f"L{at(inner, end)}A{_n(inner)} {_n(inner)} 0 {far} 0 {at(inner, start)}Z"
    )


def _whole(picture: Picture, x: float, y: float, size: float) -> Iterator[str]:
    whole = picture.whole
    big = min(size * 1.9, size * 5 / max(1.0, text_width(whole, 1)))
    yield text(x, y + size * 0.35, whole, size=big, anchor="middle", bold=True)
    yield text(
        x, y + size * 1.6, picture.unit, size=size * 0.85, style="chart-muted", anchor="middle"
    )


def _part(bar: Bar, at: int, left: float, y: float, width: float, size: float) -> Iterator[str]:
    """A part's colour, name, figure and share."""
    share = percent(bar.share) if bar.share is not None else ""
    foot = y + size * 1.15
    ink = "chart-ink" if bar.value else "chart-muted"
    yield box(left, y + size * 0.35, size * 0.85, size * 0.85, f"chart-{at + 1}", 2)
    figures = width - size * 4
    room = figures - left - size * 1.6 - text_width(bar.shown, size) * 1.06
    label = wrapped(bar.label, room, size, lines=1)[0]
    yield text(left + size * 1.3, foot, label, size=size, style=ink)
    yield text(figures, foot, bar.shown, size=size, style=ink, anchor="end", bold=bool(bar.value))
    yield text(width, foot, share, size=size, style="chart-muted", anchor="end")


# ------------------------------------------------------------------------------ years


def _years(picture: Picture, width: float, size: float) -> Drawing:
    """Two years as pairs of bars, more as a small chart of columns for each figure."""
    drawn = {1: _bars, 2: _pairs}.get(len(picture.years), _panels)
    return drawn(picture, width, size)


def _pairs(picture: Picture, width: float, size: float) -> Drawing:
    """This year's bar below last year's, and a line that tells which is which."""
    styles = ("chart-before", "chart-1")
    body: list[str] = []
    x = 0.0
    for year, style in zip(picture.years, styles, strict=True):
        body.append(box(x, size * 0.25, size * 0.85, size * 0.85, style, 2))
        body.append(text(x + size * 1.2, size, f"{year}年", size=size * 0.9, style="chart-muted"))
        x += size * 5.5
    sides = [(bar, [bar.at(year) for year in picture.years]) for bar in picture.bars]
    said = [bar.printed(value) for bar, values in sides for value in values]
    most = max(abs(value or 0) for _, values in sides for value in values)
    label, room = _columns(picture.bars, said, width, size)
    y, thick = size * 1.9, size * 0.95
    for bar, values in sides:
        height = size * 2.9
        body += _label(wrapped(bar.label, label, size), y, height, size)
        left = label + size * 0.8
        for at, (value, style) in enumerate(zip(values, styles, strict=True)):
            top = y + height / 2 + (at - 1) * thick * 1.1
            body.append(box(left, top, _length(value or 0, most, room), thick, style, 2))
            place = left + _length(value or 0, most, room) + size * 0.5
            foot = top + thick * 0.82
            ink = "chart-ink" if at else "chart-muted"
            words = bar.printed(value)
            body.append(text(place, foot, words, size=size * 0.9, style=ink, bold=bool(at)))
        y += height
    return Drawing(width=width, height=y, body="".join(body))


def _panels(picture: Picture, width: float, size: float) -> Drawing:
    """A small chart of columns for each figure, side by side; each has a scale of its own."""
    narrowest = size * max(11, 3.4 * len(picture.years))
    fitting = max(1, int(width / narrowest))
    abreast = next(n for n in (4, 3, 2, 1) if n <= fitting and (n == 1 or n <= len(picture.bars)))
    abreast = 2 if abreast == 3 and len(picture.bars) == 4 else abreast
    gap, height = size * 1.5, size * 9.5
    panel = (width - gap * (abreast - 1)) / abreast
    body: list[str] = []
    for at, bar in enumerate(picture.bars):
        row, column = divmod(at, abreast)
        x, y = column * (panel + gap), row * (height + size)
        body += _panel(picture, bar, x, y, panel, height, size)
    rows = -(-len(picture.bars) // abreast)
    return Drawing(width=width, height=rows * (height + size) - size, body="".join(body))


def _panel(
    picture: Picture, bar: Bar, x: float, y: float, width: float, height: float, size: float
) -> Iterator[str]:
    values = [bar.at(year) for year in picture.years]
    most = max((abs(value) for value in values if value is not None), default=0)
    label = wrapped(bar.label, width, size, lines=1)[0]
    yield text(x, y + size, label, size=size, bold=True)
    foot, step = y + height - size * 1.5, width / len(values)
    tall = foot - y - size * 3
    yield box(x, foot, width, 1, "chart-before")
    for at, (year, value) in enumerate(zip(picture.years, values, strict=True)):
        middle = x + step * (at + 0.5)
        last = at == len(values) - 1
        yield text(
            middle,
            foot + size * 1.2,
            str(year),
            size=size * 0.8,
            style="chart-muted",
            anchor="middle",
        )
        length = _length(value or 0, most, tall)
        thick = min(step * 0.62, size * 2.6)
        yield box(
            middle - thick / 2, foot - length, thick, length, "chart-1" if last else "chart-before"
        )
        yield text(
            middle,
            foot - length - size * 0.35,
            bar.printed(value),
            size=size * 0.85,
            style="chart-ink" if last else "chart-muted",
            anchor="middle",
            bold=last,
        )


_KINDS: Mapping[ChartKind, Callable[[Picture, float, float], Drawing]] = MappingProxyType(
    {"channels": _bars, "units": _bars, "parts": _parts, "years": _years}
)
