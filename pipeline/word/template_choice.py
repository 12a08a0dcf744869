"""Which Word template makes a report: the unit's own, that of its kind, or the common one.

Choosing is a matter of dropping a file with the right name into ``templates/``::

    年报.docx              every unit's report
    年报（镇）.docx         that of every unit of this kind (类型, as in 名册)
    年报（王店镇）.docx      that of this unit
    汇总年报.docx           a county's report
    汇总年报（秀洲区）.docx   that of this county
    图解.docx              every 图解; 图解（镇）.docx, 图解（秀洲区）.docx … as above

The nearest wins: the unit's own, then its kind's, then the common one.  Blanks and half-width
parentheses don't matter.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.declare.roster import roster_form
from pipeline.model.roster import Roster
from pipeline.roster.matching import matched
from pipeline.text.labels import normalise
from pipeline.text.names import safe_name

UNIT, COUNTY, INFOGRAPHIC = "年报", "汇总年报", "图解"
SUFFIX = ".docx"


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateFiles:
    """The templates of a folder: file names by what they are called, spelling aside."""

    folder: Path
    names: Mapping[str, str]

    def for_unit(self, unit: str, kind: str) -> Path:
        """The template of a unit's report; ``kind`` is empty where it isn't known."""
        return self._nearest(UNIT, (unit, kind))

    def for_county(self, county: str) -> Path:
        """The template of a county's report."""
        return self._nearest(COUNTY, (county,))

    def for_infographic(self, name: str, kind: str = "") -> Path:
        """The template of a unit's or a county's 图解."""
        return self._nearest(INFOGRAPHIC, (name, kind))

    @property
    def infographics(self) -> bool:
        """Whether any is of the 图解."""
        return any(key.startswith(INFOGRAPHIC) for key in self.names)

    def common(self, infographic: bool = False) -> list[Path]:
        """The templates that each run needs; one with ``infographic`` those of the 图解 too."""
        bases = _BASES if infographic else (UNIT, COUNTY)
        return [self.folder / self.names.get(base, f"{base}{SUFFIX}") for base in bases]

    def all(self, infographic: bool = False) -> list[Path]:
        """Every template, those that each run needs first, even where they are missing."""
        others = [
            self.folder / name
            for key, name in sorted(self.names.items(), key=lambda item: item[1])
            if infographic or not key.startswith(INFOGRAPHIC)
        ]
        return list(dict.fromkeys([*self.common(infographic), *others]))

    def _nearest(self, base: str, wanted: Iterable[str]) -> Path:
        for name in wanted:
            found = self.names.get(normalise(base + safe_name(name))) if name else None
            if found is not None:
                return self.folder / found
        return self.folder / self.names.get(base, f"{base}{SUFFIX}")


def template_files(folder: Path) -> TemplateFiles:
    """The templates of a folder: its Word files called 年报, 汇总年报 or 图解, for all or some."""
    try:
        found = sorted(os.listdir(folder))
    except OSError:
        found = []
    names = {}
    for name in found:
        stem, suffix = os.path.splitext(name)
        plain = "".join(stem.replace("(", "（").replace(")", "）").split())
        special = any(plain.startswith(f"{base}（") and plain.endswith("）") for base in _BASES)
        if suffix.lower() == SUFFIX and (plain in _BASES or special):
            names[normalise(plain)] = name
    return TemplateFiles(folder=folder, names=names)


_BASES = (UNIT, COUNTY, INFOGRAPHIC)


def of_infographic(path: Path) -> bool:
    """Whether a template is one of the 图解, by its name."""
    return path.stem.strip().startswith(INFOGRAPHIC)


def kind_of(unit: str, county: str, roster: Roster | None) -> str:
    """A unit's kind: what the roster says, or the kind that its name ends with (示例镇 → 镇)."""
    level = roster.level(county) if roster is not None else None
    listed = matched(level, unit) if level is not None else None
    if listed is not None and listed.kind:
        return listed.kind
    kinds = next(ask.choices for ask in roster_form().columns if ask.key == "kind")
    return next((kind for kind in kinds if unit.strip().endswith(kind)), "")
