"""What the writers of the sheets share: the workbook, its content, and where figures stand in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from pipeline.aggregate.totals import County
from pipeline.model.completeness import ACCEPTED, Standing
from pipeline.model.edition import Edition, Field, LabelPath
from pipeline.summary.content import SummaryContent
from pipeline.summary.formats import Formats, decimals_needed, number_format

OVERVIEW = "总览"
DASH = "—"
ROW_PIXELS = 18
"""The height of a row that nothing has set."""


TABLE_TOP = 3
"""The first row of a national table, from 0: above it the title, what it covers, the way back."""

_COVERAGE_SHOWN = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A sheet to be written: its name, what it holds (told on 总览), and how it is written."""

    name: str
    about: str
    write: Callable[[Any], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of a listing: its header, its width in characters, the style of its cells."""

    header: str
    width: float
    style: str = "text"
    number_format: str = "General"


LISTING_HEAD = 3
"""The row of a listing's header, from 0: above it the title, a note, and the way back."""


WHO = (
    Column(header="单位", width=22),
    Column(header="类型", width=8, style="word"),
    Column(header="来源文件", width=34),
)
"""The columns of 单位明细 left of the figures."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """Where the units' figures stand in 单位明细."""

    sheet: str
    first: int
    last: int
    columns: Mapping[str, int]
    written: Mapping[str, int]

    @property
    def elsewhere(self) -> str:
        """What names the sheet in a formula on another."""
        return f"{quote_sheetname(self.sheet)}!"

    def reference(self, column: int) -> str:
        """The cells of a column, for a formula on any sheet."""
        return _column_cells(self.sheet, self.first, self.last, column)

    def link(self, column: int) -> str:
        """The same cells, for a hyperlink."""
        return "internal:" + self.reference(column).replace("$", "")


@lru_cache(maxsize=4096)
def _column_cells(sheet: str, first: int, last: int, column: int) -> str:
    top = xl_rowcol_to_cell(first, column, row_abs=True, col_abs=True)
    bottom = xl_rowcol_to_cell(last, column, row_abs=True, col_abs=True)
    return f"{quote_sheetname(sheet)}!{top}:{bottom}"


@dataclass(frozen=True, kw_only=True)
class Book:
    """What the writers of the sheets share."""

    workbook: Any
    content: SummaryContent
    formats: Formats
    sheets: dict[str, Any] = field(default_factory=dict)

    @property
    def county(self) -> County:
        return self.content.county

    @property
    def edition(self) -> Edition:
        return self.content.county.edition

    @property
    def title(self) -> str:
        """Whose figures of which year, for the head of a sheet."""
        return f"{self.county.name}{self.county.year}年度"

    @cached_property
    def waiting(self) -> tuple[Standing, ...]:
        """The units that have yet to come in."""
        return tuple(line for line in self.content.standing if line.status != ACCEPTED)

    @property
    def draft(self) -> bool:
        return bool(self.content.coverage or self.waiting)

    @cached_property
    def total(self) -> Mapping[str, int]:
        """The county's figures by field key, as whole numbers of Python."""
        return self.county.sums

    @property
    def prior(self) -> County:
        """Last year's, for what is only written when there is one."""
        assert self.content.prior is not None
        return self.content.prior

    @cached_property
    def prior_total(self) -> Mapping[str, int]:
        return self.prior.sums

    @cached_property
    def details(self) -> Details:
        """The columns of 单位明细: who, then the figures, an amount's original words beside it."""
        columns, written = {}, {}
        at = len(WHO)
        for figure in self.edition.fields:
            columns[figure.key] = at
            at += 1
            if figure.kind == "money_text":
                written[figure.key] = at
                at += 1
        first = LISTING_HEAD + 2
        return Details(
            sheet=self.name("单位明细"),
            first=first,
            last=first + max(1, len(self.county.members)) - 1,
            columns=columns,
            written=written,
        )

    @cached_property
    def by_field(self) -> Mapping[str, Sequence[int]]:
        """The units' figures by field key, in the order of the units."""
        figures = self.county.figures
        columns = figures.to_numpy().T.tolist()
        return dict(zip(map(str, figures.columns), columns, strict=True))

    @cached_property
    def decimals(self) -> Mapping[str, int]:
        """How many decimals an amount of a column is shown with, so that none is cut off."""
        return {
            figure.key: decimals_needed(
                [*self.by_field[figure.key], self.total[figure.key]], figure.scale
            )
            for figure in self.edition.fields
        }

    def name(self, wanted: str) -> str:
        """A sheet name that no national table has already taken."""
        taken = {table.sheet.casefold() for table in self.edition.tables}
        return f"{wanted}（汇总）" if wanted.casefold() in taken else wanted

    @cached_property
    def _number_formats(self) -> Mapping[str, str]:
        return {
            figure.key: number_format(figure.kind, self.decimals[figure.key])
            for figure in self.edition.fields
        }

    def number_format(self, figure: Field) -> str:
        return self._number_formats[figure.key]


def covered(book: Book) -> str:
    """How many units' figures are added up, and of how many that should report."""
    expected = len(book.content.standing)
    return f"汇总 {book.county.reporting} 个单位" + (f"，应报 {expected} 个" if expected else "")


def scope(book: Book) -> str:
    """What the figures cover, in one sentence."""
    words, coverage = covered(book), book.content.coverage
    if len(coverage) > _COVERAGE_SHOWN:
        coverage = f"{coverage[:_COVERAGE_SHOWN]}……（全文见“{book.name(OVERVIEW)}”）"
    return f"{coverage}，{words}" if coverage else words


def leaf_name(path: LabelPath) -> str:
    """What a row or a column is called in a list; a dash where it has no label."""
    return path[-1].name if path else DASH
