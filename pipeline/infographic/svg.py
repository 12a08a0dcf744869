"""The 图解 as one tall SVG image for a site or WeChat, as wide as an A4 page on a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from pipeline.aggregate.charts import Picture
from pipeline.books.theme import THEME
from pipeline.charts.svg import FONTS, Drawing, box, drawing, escaped, text, text_width, wrapped
from pipeline.infographic.content import Figure, Infographic

WIDTH = 794
_MARGIN, _GAP, _INSET = 32, 18, 20
_HEAD, _OVERLAP, _LARGE = 176, 40, 104
"""The heights of the band with the title, of how far the large figures reach into it, and of
their card."""

_TITLE_FONTS = (
    "'方正小标宋简体','FZXiaoBiaoSong-B05S','Noto Serif CJK SC','Source Han Serif SC',SimSun,serif"
)
_WHITE, _BAND_INK, _GROUND, _EDGE, _RULE = "#FFFFFF", "#C9D8E8", "#F1F5F9", "#D9E2EB", "#E4EAF0"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Card:
    """A framed part of the page: its title, whether it takes a row, and what draws it."""

    title: str
    wide: bool
    draw: Callable[[float], Drawing]


def infographic_svg(content: Infographic) -> str:
    """The whole image, as text; it is as high as what it says needs."""
    body = list(_band(content))
    y = float(_HEAD - _OVERLAP)
    body += _headlines(content.headlines, y)
    y += _LARGE + _GAP
    for row in _rows(_cards(content)):
        shapes, down = _row(row, y)
        body += shapes
        y += down + _GAP
    body += _foot(content, y)
    height = f"{y + 28 + 18 * len(_foot_lines(content)):.0f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" xml:lang="zh-CN" '
        f'font-family="{FONTS}" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f"<title>{escaped(content.title)}（图解）</title><desc>{escaped(content.about)}</desc>"
        f'<rect width="{WIDTH}" height="{height}" fill="{_GROUND}"/>{"".join(body)}</svg>\n'
    )


def _band(content: Infographic) -> Iterator[str]:
    """The band with the title; in a long one the unit's name stands on a line of its own."""
    yield box(0, 0, WIDTH, _HEAD, THEME.brand)
    yield box(0, 0, WIDTH, 6, THEME.series[1])
    room = WIDTH - 2 * _MARGIN
    lines, size = _title(content, room)
    y = 62.0 if len(lines) == 1 else 48.0
    for line in lines:
        yield text(WIDTH / 2, y, line, size=size, style=_WHITE, anchor="middle", fonts=_TITLE_FONTS)
        y += size * 1.35
    said = f"图解{'（草稿）' if content.draft else ''}　｜　{content.period}"
    yield text(WIDTH / 2, y - size * 0.25, said, size=14, style=_BAND_INK, anchor="middle")


def _title(content: Infographic, room: float) -> tuple[list[str], float]:
    rest = content.title.removeprefix(content.unit)
    for size in (32.0, 28.0):
        if text_width(content.title, size) <= room:
            return [content.title], size
    parts = [content.unit, rest] if rest != content.title else [content.title]
    size = min(30.0, room / max(text_width(part, 1) for part in parts))
    if size < 20:
        return wrapped(content.title, room, 22, lines=2), 22
    return parts, size


def _headlines(figures: Sequence[Figure], y: float) -> Iterator[str]:
    """The large figures, side by side on one card."""
    width = WIDTH - 2 * _MARGIN
    yield _frame(_MARGIN, y, width, _LARGE)
    step = width / max(1, len(figures))
    for at, figure in enumerate(figures):
        middle = _MARGIN + step * (at + 0.5)
        if at:
            yield box(_MARGIN + step * at, y + 24, 1, _LARGE - 48, _RULE)
        room = step - 16
        size = min(40.0, room / (text_width(figure.value, 1) + text_width(figure.unit, 0.42)))
        whole = text_width(figure.value, size) + text_width(figure.unit, size * 0.38) + 4
        left = middle - whole / 2
        value = text_width(figure.value, size)
        yield text(
            left + value,
            y + 56,
            figure.value,
            size=size,
            style=THEME.brand,
            anchor="end",
            bold=True,
        )
        yield text(left + value + 4, y + 56, figure.unit, size=size * 0.38, style="chart-muted")
        label = wrapped(figure.label, room, 15, lines=1)[0]
        yield text(middle, y + 84, label, size=15, anchor="middle")


def _cards(content: Infographic) -> list[_Card]:
    """The other figures stand beside the first picture."""
    cards = [
        _Card(
            title=picture.title, wide=picture.chart.kind == "years", draw=partial(_drawn, picture)
        )
        for picture in content.pictures
    ]
    if content.others:
        figures = _Card(title="主要数字", wide=False, draw=partial(_listed, content.others))
        cards.insert(1, figures)
    return cards


def _drawn(picture: Picture, width: float) -> Drawing:
    return drawing(picture, width=width, size=14)


def _listed(figures: Sequence[Figure], width: float) -> Drawing:
    """A line for each figure, with a rule below."""
    size, pitch = 14, 30
    body: list[str] = []
    for at, figure in enumerate(figures):
        foot = at * pitch + 20
        said = text_width(figure.value, size * 1.15) + text_width(figure.unit, 12) + 8
        label = wrapped(figure.label, width - said, size, lines=1)[0]
        unit = text_width(figure.unit, 12)
        body.append(text(0, foot, label, size=size))
        body.append(text(width, foot, figure.unit, size=12, style="chart-muted", anchor="end"))
        body.append(
            text(
                width - unit - 5,
                foot,
                figure.value,
                size=size * 1.15,
                style=THEME.brand,
                anchor="end",
                bold=True,
            )
        )
        if at < len(figures) - 1:
            body.append(box(0, foot + 10, width, 1, _RULE))
    return Drawing(width=width, height=len(figures) * pitch, body="".join(body))


def _rows(cards: Sequence[_Card]) -> Iterator[Sequence[_Card]]:
    """Narrow cards in twos; the last of an odd number takes its row alone."""
    waiting: list[_Card] = []
    for card in sorted(cards, key=lambda card: card.wide):
        if card.wide:
            if waiting:
                yield waiting
            waiting = []
            yield [card]
        else:
            waiting.append(card)
            if len(waiting) == 2:
                yield waiting
                waiting = []
    if waiting:
        yield waiting


def _row(cards: Sequence[_Card], y: float) -> tuple[list[str], float]:
    """Cards side by side, all as high as the highest; gives their height too."""
    width = (WIDTH - 2 * _MARGIN - _GAP * (len(cards) - 1)) / len(cards)
    drawn = [card.draw(width - 2 * _INSET) for card in cards]
    inner = max(one.height for one in drawn)
    body: list[str] = []
    for at, (card, one) in enumerate(zip(cards, drawn, strict=True)):
        x = _MARGIN + at * (width + _GAP)
        body.append(_frame(x, y, width, inner + 74))
        body.append(box(x + _INSET, y + 20, 4, 17, THEME.series[1], 2))
        title = wrapped(card.title, width - 2 * _INSET - 12, 17, lines=1)[0]
        body.append(text(x + _INSET + 12, y + 34, title, size=17, style=THEME.brand, bold=True))
        top = y + 54 + (inner - one.height) / 2
        body.append(f'<g transform="translate({x + _INSET:.1f} {top:.1f})">{one.body}</g>')
    return body, inner + 74


def _frame(x: float, y: float, width: float, height: float) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="8" '
        f'fill="{_WHITE}" stroke="{_EDGE}"/>'
    )


def _foot(content: Infographic, y: float) -> Iterator[str]:
    for at, line in enumerate(_foot_lines(content)):
        yield text(WIDTH / 2, y + 14 + 18 * at, line, size=12, style="chart-muted", anchor="middle")


def _foot_lines(content: Infographic) -> list[str]:
    said = content.source if not content.draft else f"{content.draft}。{content.source}"
    return wrapped(said, WIDTH - 2 * _MARGIN, 12, lines=4)
