"""What was made for one county and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.model.completeness import Completeness
from pipeline.model.submission import Fact, ProcessingFee
from pipeline.model.unit_outcome import Defect


@dataclass(frozen=True, kw_only=True)
class CountyOutcome:
    """What was made for one county and year, or for a level above, and from which units.

    ``figures`` are its sums, kept whole numbers (件, 分) by field key, and ``facts`` its counted
    facts; ``sources`` are the files of the ``units``, in the same order, and ``fee`` what they
    collected of 信息处理费.  ``draft`` says why its report is a draft, empty when it isn't, or
    there is none.
    """

    county: str
    year: int
    units: tuple[str, ...]
    outputs: tuple[str, ...]
    edition: str = ""
    figures: Mapping[str, int] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    sources: tuple[str, ...] = ()
    fee: ProcessingFee | None = None
    draft: str = ""
    completeness: Completeness = field(default_factory=Completeness)
    defects: tuple[Defect, ...] = ()
