"""How the workbooks look: fonts, colours and sizes, said once for every sheet we write."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    """Colours as ``#RRGGBB``. No meaning is carried by a colour alone: words stand beside it."""

    font: str = "宋体"
    heading_font: str = "黑体"
    size: int = 11
    title_size: int = 16
    ink: str = "#1F2933"
    muted: str = "#66727F"
    line: str = "#9AA5B1"
    brand: str = "#1F4E79"
    brand_light: str = "#DCE6F1"
    label_fill: str = "#F2F5F8"
    input_fill: str = "#FFF9E5"
    total_fill: str = "#E9EEF3"
    error_fill: str = "#F8CBCB"
    error_ink: str = "#9C0006"
    warning_fill: str = "#FFEB9C"
    warning_ink: str = "#7F6000"
    error_mark: str = "#F28B82"
    warning_mark: str = "#FFD966"
    notice_mark: str = "#BDD7EE"
    good_fill: str = "#D9EAD3"
    good_ink: str = "#1E5B2A"
    series: tuple[str, ...] = ("#1F4E79", "#C55A11", "#2E7D5B", "#7B5EA7", "#B8860B", "#5B6770")


THEME = Theme()
