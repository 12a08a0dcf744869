"""How the cells of a sheet look, where that is not what they hold: what a reader of values misses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.sheets.number_formats import hides_text, reads_otherwise, shows_another
from pipeline.text.figures import Kind

Spot = tuple[int, int]
"""A row and a column, counted from 0."""

Spots = frozenset[Spot]


@dataclass(frozen=True, kw_only=True, slots=True)
class Appearance:
    """What can't be seen in the values of a sheet's cells.

    ``codes`` are number formats that may show a whole number as another, and ``code_of`` gives that
    of any cell, by which a fraction may be rounded; ``shown`` is what a cell shows where
    the file says that itself; ``marked`` how a part of a text looks otherwise (删除线, 上标);
    ``covered`` the cells that lie under another one that they are merged into.
    """

    codes: Mapping[Spot, str] = field(default_factory=dict)
    shown: Mapping[Spot, str] = field(default_factory=dict)
    marked: Mapping[Spot, str] = field(default_factory=dict)
    covered: Spots = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False
    code_of: Callable[[Spot], str] = lambda spot: ""

    @property
    def odd(self) -> Spots:
        """The cells that may show something else than they hold."""
        return frozenset((*self.codes, *self.shown, *self.marked, *self.covered))

    @property
    def hides(self) -> bool:
        """Whether something of the sheet isn't shown, or all of it."""
        return self.hidden or bool(self.hidden_rows or self.hidden_columns)

    def is_hidden(self, spot: Spot) -> bool:
        """Whether a cell stands in a row or a column that isn't shown."""
        return spot[0] in self.hidden_rows or spot[1] in self.hidden_columns

    def disguises(self, spot: Spot, value: float | str, kind: Kind) -> bool:
        """Whether a cell shows another number than the one it holds."""
        if isinstance(value, str):
            code = self.codes.get(spot, "")
            return bool(code) and hides_text(code, value, kind)
        held = Decimal(format(value, ".15g"))
        if spot in self.shown:
            return reads_otherwise(self.shown[spot], held, kind)
        code = self.codes.get(spot, "")
        if not code and held != held.to_integral_value():
            code = self.code_of(spot)
        return bool(code) and shows_another(code, held, kind)


@dataclass(frozen=True, kw_only=True, slots=True)
class Formulas:
    """The formulas of a sheet whose results can't be relied on: ``uncached`` have none, and of
    those at the addresses in ``stale`` nobody has computed the number that stands there."""

    uncached: Callable[[], Mapping[Spot, str]] = dict
    stale: Callable[[], frozenset[str]] = frozenset
