"""The formats of the summary workbook: of cells, each made once, and of the numbers in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from pipeline.books.theme import THEME
from pipeline.text.figures import Kind


class Formats:
    """The workbook's cell formats, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}
        self._asked: dict[tuple[object, ...], Any] = {}

    def __call__(self, style: str, **more: object) -> Any:
        asked = (style, *more.items())
        if asked not in self._asked:
            self._asked[asked] = self._format(style, more)
        return self._asked[asked]

    def _format(self, style: str, more: Mapping[str, object]) -> Any:
        properties = {**_BASE, **STYLES[style], **more}
        key = tuple(sorted(properties.items(), key=lambda item: item[0]))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]


_BASE: Mapping[str, object] = MappingProxyType(
    {"font_name": THEME.font, "font_size": THEME.size, "font_color": THEME.ink, "valign": "vcenter"}
)


_BOXED: Mapping[str, object] = {"border": 1, "border_color": THEME.line, "text_wrap": True}
_BOLD: Mapping[str, object] = {"bold": True, "font_name": THEME.heading_font}
STYLES: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "title": {**_BOLD, "font_size": THEME.title_size, "font_color": THEME.brand},
        "heading": {
            **_BOLD,
            "font_size": THEME.size + 1,
            "font_color": THEME.brand,
            "bottom": 2,
            "bottom_color": THEME.brand,
        },
        "note": {"font_color": THEME.muted, "text_wrap": True},
        "draft": {**_BOXED, "bold": True, "bg_color": THEME.warning_fill},
        "complete": {**_BOXED, "bg_color": THEME.good_fill},
        "link": {"font_color": THEME.brand, "underline": 1},
        "tab": {
            **_BOXED,
            "font_color": THEME.brand,
            "underline": 1,
            "align": "center",
            "bg_color": THEME.label_fill,
        },
        "head": {**_BOXED, **_BOLD, "align": "center", "bg_color": THEME.brand_light},
        "label": {**_BOXED, "indent": 1, "bg_color": THEME.label_fill},
        "column_label": {**_BOXED, "align": "center", "bg_color": THEME.label_fill},
        "text": {**_BOXED, "align": "left", "indent": 1},
        "word": {**_BOXED, "align": "center"},
        "figure": {**_BOXED, "align": "right", "indent": 1, "text_wrap": False},
        "county_figure": {**_BOXED, "align": "center", "text_wrap": False},
        "sum": {
            **_BOXED,
            "bold": True,
            "align": "right",
            "indent": 1,
            "text_wrap": False,
            "bg_color": THEME.total_fill,
        },
        "card": {
            **_BOXED,
            "bold": True,
            "align": "center",
            "font_size": THEME.title_size,
            "text_wrap": False,
        },
    }
)


def decimals_needed(values: Iterable[int], scale: int) -> int:
    """How many decimals show all of these kept whole numbers in full."""
    if scale == 1:
        return 0
    places = len(str(scale)) - 1
    return max((len(f"{abs(v) % scale:0{places}d}".rstrip("0")) for v in values), default=0)


def number_format(kind: Kind, decimals: int = 0) -> str:
    """The cell format of a kind of figure: thousands apart, the sign of a change shown."""
    plain = "#,##0" + ("." + "0" * decimals if decimals else "")
    if kind == "signed":
        return f"+{plain};-{plain};0"
    return f"{plain};-{plain};0" if decimals else plain
