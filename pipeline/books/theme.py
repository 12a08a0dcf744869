"""How the workbooks and pages look: fonts, colours and sizes, said once for all that we write."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    """Colours as ``#RRGGBB``; ``desk`` is what a sheet of ``paper`` lies on. No meaning is carried by a colour alone: words stand beside it."""

    font: str = "宋体"
    heading_font: str = "黑体"
    size: int = 11
    title_size: int = 16
    paper: str = "#FFFFFF"
    desk: str = "#EEF2F6"
    ink: str = "#1F2933"
    muted: str = "#5C6875"
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

DARK = Theme(
    paper="#161C23",
    desk="#0E1318",
    ink="#E4E9EF",
    muted="#A3AFBC",
    line="#5D6975",
    brand="#8FBCEB",
    brand_light="#22384F",
    label_fill="#222B35",
    input_fill="#33301F",
    total_fill="#2A343F",
    error_fill="#572A2C",
    error_ink="#FFB3AD",
    warning_fill="#4A3D12",
    warning_ink="#FFD877",
    error_mark="#F28B82",
    warning_mark="#FFD966",
    notice_mark="#8FB8DE",
    good_fill="#1F3D28",
    good_ink="#A5DBB0",
    series=("#7FB2E5", "#F0A05A", "#74C69D", "#B79CED", "#E0C15A", "#A9B4C0"),
)
"""The same on a dark screen. Paper is always light."""
