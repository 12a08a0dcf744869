"""The office's own word on holidays: 放假安排.xlsx in the input folder.

When the State Council's notice for a year comes out, the office types its lines here, one a
festival; the working days of that year are then known.  A year is known only when all its
festivals are there; single days of a year that the library knows may be corrected at any time.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pipeline.declare.loading import Declaration
from pipeline.declare.messages import problem
from pipeline.model.declared import Declared, check_keys, check_names
from pipeline.model.problem import Problem
from pipeline.model.working_days import ONE_DAY, Calendar, library_calendar, overridden
from pipeline.sheets.files import read_file
from pipeline.sheets.workbook import Sheet, cell_text, open_sheets, sheet_key, why_unopened
from pipeline.text.figures import Raw, read_date, truncate
from pipeline.text.labels import address, normalise

LONGEST = 15
"""No holiday has had more days."""


KNOWN_COLUMNS = ("year", "festival", "first", "last", "worked")


class HolidayColumn(Declared):
    """A column of the sheet."""

    key: str
    label: str
    kind: Literal["year", "text", "date", "days"]
    width: int
    hint: str


class HolidayForm(Declared, eq=False):
    """The declaration of 放假安排.xlsx; ``english`` is what the library calls the festivals."""

    name: str
    sheet: str
    festivals: tuple[str, ...]
    rows: int
    columns: tuple[HolidayColumn, ...]
    english: Mapping[str, str]

    def __post_init__(self) -> None:
        check_keys("columns", [column.key for column in self.columns], KNOWN_COLUMNS)
        check_keys("english", self.english, self.festivals)
        check_names("english", self.english, self.festivals)


DECLARATION: Declaration[HolidayForm] = Declaration(
    Path(__file__).parent / "holidays.toml", HolidayForm, listed=("columns",)
)


@lru_cache(maxsize=1)
def holiday_form() -> HolidayForm:
    """The declaration of 放假安排.xlsx."""
    return DECLARATION.load()


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A line of a notice: a festival's days off, first and last, and the weekends worked for it."""

    year: int
    festival: str
    first: datetime.date
    last: datetime.date
    worked: tuple[datetime.date, ...] = ()

    @property
    def days(self) -> Mapping[datetime.date, bool]:
        """Whether each day that the line speaks of is worked."""
        count = (self.last - self.first).days + 1
        off = {self.first + i * ONE_DAY: False for i in range(count)}
        return {**off, **dict.fromkeys(self.worked, True)}


def office_calendar(folder: Path) -> tuple[Calendar, tuple[Problem, ...]]:
    """The working days as the library knows them, with what the office says of them.

    A file with errors is not used in part.
    """
    path = folder / f"{holiday_form().name}.xlsx"
    if not os.path.lexists(path):
        return library_calendar(), ()
    notices, problems = read_holidays(path)
    if problems:
        return library_calendar(), tuple(problems)
    return with_notices(library_calendar(), notices)


def with_notices(
    calendar: Calendar, notices: Sequence[Notice]
) -> tuple[Calendar, tuple[Problem, ...]]:
    """A calendar with the lines of notices; a new year whose festivals aren't all there stays
    unknown, which is told."""
    festivals = holiday_form().festivals
    said: dict[int, str] = {}
    for notice in notices:
        said[notice.year] = said.get(notice.year, "") + notice.festival
    lacking = {
        year: [name for name in festivals if name.removesuffix("节") not in text]
        for year, text in said.items()
    }
    complete = {year for year, missing in lacking.items() if not missing}
    problems = tuple(
        problem("holidays.incomplete", year=year, names="、".join(missing))
        for year, missing in sorted(lacking.items())
        if missing and year > calendar.last_year
    )
    days = {day: worked for notice in notices for day, worked in notice.days.items()}
    return overridden(calendar, days, complete), problems


def read_holidays(path: Path) -> tuple[list[Notice], list[Problem]]:
    """The lines of 放假安排.xlsx, and what is wrong with them."""
    form = holiday_form()
    content = read_file(path)
    if isinstance(content, Problem):
        return [], [problem("holidays.unreadable", detail=content.words.rstrip("。"))]
    try:
        sheets = open_sheets(content)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001  a native reader may panic, outside Exception
        return [], [problem("holidays.unreadable", detail=why_unopened(content, error))]
    found = [sheet for sheet in sheets if sheet_key(sheet.name) == sheet_key(form.sheet)]
    sheet = found[0] if found else (sheets[0] if sheets else Sheet(form.sheet, []))
    return notices_of(sheet)


def notices_of(sheet: Sheet) -> tuple[list[Notice], list[Problem]]:
    """The lines of the sheet, and what is wrong with them; a line with an error is left out."""
    form = holiday_form()
    labels = {normalise(column.label): column for column in form.columns}
    header = next(
        (
            (row, at)
            for row, cells in enumerate(sheet.cells)
            if len(at := {labels[n].key: i for i, n in _named(cells) if n in labels})
            == len(form.columns)
        ),
        None,
    )
    if header is None:
        named = "、".join(column.label for column in form.columns)
        return [], [problem("holidays.no_header", names=named)]
    top, at = header
    notices: list[Notice] = []
    problems: list[Problem] = []
    for row in range(top + 1, len(sheet.cells)):
        raw = {key: sheet.at(row, column) for key, column in at.items()}
        days = [raw[key] for key in ("first", "last", "worked")]
        if all(not cell_text(value).strip() for value in days):
            continue  # a festival offered by the template, or one that is not known yet
        read = _notice(raw)
        if isinstance(read, Notice):
            notices.append(read)
            continue
        column = next(column for column in form.columns if column.key == read)
        problems.append(
            problem(
                "holidays.invalid",
                sheet=sheet.name,
                cell=address(row, at[read]),
                name=column.label,
                text=truncate(cell_text(raw[read])),
                hint=column.hint.rstrip("。"),
            )
        )
    return notices, problems


def _named(cells: Sequence[Raw]) -> Iterator[tuple[int, str]]:
    return ((i, normalise(value)) for i, value in enumerate(cells) if isinstance(value, str))


def _notice(raw: Mapping[str, Raw]) -> Notice | str:
    """The line, or the key of the column that is wrong."""
    year = re.fullmatch(r"(20[0-9]{2})年?", cell_text(raw["year"]).strip())
    festival = cell_text(raw["festival"]).strip()
    first, last = read_date(raw["first"]), read_date(raw["last"])
    worked = [read_date(part) for part in _parts(raw["worked"])]
    if year is None:
        return "year"
    if not festival:
        return "festival"
    if first is None or not _near(first, int(year[1])):
        return "first"
    if last is None or not 0 <= (last - first).days < LONGEST:
        return "last"
    certain = tuple(day for day in worked if day is not None and _near(day, int(year[1])))
    off = {first + i * ONE_DAY for i in range((last - first).days + 1)}
    if len(certain) < len(worked) or off & set(certain):
        return "worked"
    return Notice(year=int(year[1]), festival=festival, first=first, last=last, worked=certain)


def _near(day: datetime.date, year: int) -> bool:
    """Whether a day can belong to a year's notice: 元旦 may begin the year before."""
    return day.year == year or (day.year == year - 1 and day.month == 12)


def _parts(raw: Raw) -> list[Raw]:
    if isinstance(raw, str):
        return [part for part in re.split(r"[、，,;；\s]+", raw.strip()) if part]
    return [] if raw is None else [raw]


def known_notices(year: int) -> list[Notice]:
    """The lines of a year's notice as the library knows them, in the order of the days."""
    import chinese_calendar

    names = {english: name for name, english in holiday_form().english.items()}
    lines = []
    for english, festival in names.items():
        off = sorted(
            day
            for day, name in chinese_calendar.holidays.items()
            if name == english and _near(day, year) and _of(day, year)
        )
        worked = tuple(
            sorted(
                day
                for day, name in chinese_calendar.workdays.items()
                if name == english and _of(day, year)
            )
        )
        if off:
            lines.append(
                Notice(year=year, festival=festival, first=off[0], last=off[-1], worked=worked)
            )
    return sorted(lines, key=lambda line: line.first)


def _of(day: datetime.date, year: int) -> bool:
    """Whether a day is of a year's notice: the end of December is of the next year's 元旦."""
    return (day + datetime.timedelta(days=10)).year == year
