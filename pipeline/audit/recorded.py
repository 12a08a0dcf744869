"""The reports that a run made, by its record (``run.json``): which of them a report is, and what
the run has of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.audit.verify_fees import Fee
from pipeline.publish.record import Entry, Record
from pipeline.published.reports import PublishedReport
from pipeline.text.labels import normalise


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What the run recorded of one unit's report, or of a county's.

    ``figures`` are kept whole numbers by field key; ``report`` is the report's file, relative to
    the output folder, empty when the workbook was returned.  ``fee`` is its 信息处理费 and ``fees``
    those of a county's units by name, each ``requests`` (件) and ``amount`` (分).
    """

    name: str
    year: int
    edition: str
    figures: Mapping[str, int]
    report: str
    fee: Fee | None = None
    fees: Mapping[str, Fee] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Matched:
    """The one recorded report of a report's unit and year; None where none or several fit.

    ``known`` are the names of all that the run has of that year, ``alike`` the files of several
    that it might be.
    """

    made: Made | None
    known: Sequence[str] = ()
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Listed:
    """A recorded report, and where the record has the rest of it."""

    name: str
    report: str
    group: str
    at: int


_NAMES = {"counties": "county", "units": "unit"}


class MadeReports:
    """The reports that a record knows the figures of, those of another shape passed over.

    Names alone are kept: a report's figures are read when it is asked for.

    Raises:
        pipeline.publish.record.NoRecord: the record is damaged.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._listed: dict[tuple[int, str], list[_Listed]] = {}
        self._known: dict[int, list[str]] = {}
        self._fees: dict[str, tuple[str, Fee]] = {}
        for group, name in _NAMES.items():
            for _, at, entry in record.entries(group):
                self._keep_fee(entry, name)
                made = _made(entry, name, {})
                if made is not None:
                    listed = _Listed(made.name, made.report, group, at)
                    self._listed.setdefault((made.year, unit_name(made.name)), []).append(listed)
                    self._known.setdefault(made.year, []).append(made.name)

    def __bool__(self) -> bool:
        return bool(self._listed)

    @property
    def files(self) -> Iterator[str]:
        """The reports' files, relative to the output folder."""
        for listed in self._listed.values():
            yield from (one.report for one in listed if one.report)

    def matched(self, report: PublishedReport, own_file: str = "") -> Matched:
        """What the run has of a report; a name is matched, never guessed.

        Of several that fit, one of the very name, as 示例县 and 示例县人民政府 both report; of
        several of one name, the one that was written to ``own_file``, relative to the output
        folder.
        """
        wanted = unit_name(report.unit)
        fits = self._listed.get((report.year, wanted), []) if wanted else []
        same = [one for one in fits if normalise(one.name) == normalise(report.unit)]
        own = [one for one in same or fits if one.report == own_file]
        known = self._known.get(report.year, [])
        for narrowed in (fits, same, own):
            if len(narrowed) == 1:
                return Matched(made=self._read(narrowed[0]), known=known)
        return Matched(made=None, known=known, alike=tuple(one.report for one in fits))

    def _read(self, listed: _Listed) -> Made | None:
        return _made(self._record.entry(listed.at), _NAMES[listed.group], self._fees)

    def _keep_fee(self, entry: Entry, name: str) -> None:
        """What a workbook, or a level by its summary, stated: its name and fee, by the file."""
        fee = _fee(entry.get("fee"))
        source = entry.get("source") or next(reversed(entry.get("outputs") or []), "")
        if fee is not None and source:
            self._fees[source] = (str(entry.get(name)), fee)


def _fee(told: object) -> Fee | None:
    """A fee of the record; None for one that isn't stated whole."""
    if not isinstance(told, dict) or None in told.values() or len(told) != 2:
        return None
    return told


def _made(entry: Entry, name: str, fees: Mapping[str, tuple[str, Fee]]) -> Made | None:
    try:
        outputs = [str(output) for output in entry["outputs"]]
        return Made(
            name=str(entry[name]),
            year=int(entry["year"] or 0),
            edition=str(entry["edition"]),
            figures={str(key): int(value) for key, value in entry["figures"].items()},
            report=next((output for output in outputs if output.endswith(".docx")), ""),
            fee=_fee(entry.get("fee")),
            fees=dict(fees[s] for s in entry.get("sources", ()) if s in fees),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def unit_name(name: str) -> str:
    """A unit's name to match by: 王店镇 and 王店镇人民政府 are the same."""
    plain = normalise(name)
    for ending in ("人民政府", "办事处"):
        plain = plain.removesuffix(ending)
    return plain
