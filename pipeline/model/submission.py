"""One workbook as it was read: who, which year, the figures, the prose, and where each stood."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.model.ledger import Ledger
from pipeline.model.place import Place
from pipeline.model.problem import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A piece of prose: its paragraphs under a heading (empty: none is printed).

    ``part`` is the key of the edition's part, or empty for a part the unit added.
    """

    section: str
    part: str
    heading: str
    paragraphs: tuple[str, ...]
    place: Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """A counted fact of active disclosure: so many items (条) of a category on a channel."""

    channel: str
    category: str
    count: int
    place: Place


@dataclass(frozen=True, slots=True)
class ProcessingFee:
    """The 信息处理费 that a unit states: on so many requests (件), so much (分).

    None is a cell that was left blank, or whose content is refused (which is a problem).
    ``places`` are those of the cells, by the keys ``requests`` and ``amount``.
    """

    requests: int | None
    amount: int | None
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def stated(self) -> bool:
        return self.requests is not None and self.amount is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """What a unit says to a problem (情况说明).

    ``rule`` is a cross-footing rule's id and ``subject`` its row or column, as they stand in the
    sheet 校验; or ``fingerprint`` is the problem's, as it stands in a returned copy's 退回说明.
    """

    text: str
    place: Place
    rule: str = ""
    subject: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """What a workbook below ``input/`` says.

    ``values`` has a whole number (件, or 分 for money) for each field of the edition, in the
    edition's order; None where nothing certain could be read.  ``written`` keeps amounts that
    are printed back as the unit wrote them.  ``identity`` is the sheet 基本信息 by field key,
    as text.  ``readable`` is False when the file could not be opened as a workbook at all.
    ``marked`` is True when it may carry the marks of an earlier return.  ``ledger`` is what the
    ledgers in it say; ``kept`` that it is a ledger of its own, kept through the year, and no
    report.  ``fee`` is None where the workbook has no table of 信息处理费, as those of before 2021
    and of earlier versions.
    """

    source: str
    sha256: str
    readable: bool = True
    edition: str = ""
    year: int = 0
    identity: Mapping[str, str] = field(default_factory=dict)
    values: tuple[int | None, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    passages: tuple[Passage, ...] = ()
    facts: tuple[Fact, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    marked: bool = False
    ledger: Ledger | None = None
    kept: bool = False
    fee: ProcessingFee | None = None

    @property
    def unit(self) -> str:
        return self.identity.get("unit", "")

    @property
    def county(self) -> str:
        return self.identity.get("county", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Prefill:
    """What a workbook is issued with: last year's carry-over for a unit, or a whole filling-in.

    ``identity`` is by entry key (see ``workbook_form.toml``), and the keys in ``locked`` can't be
    changed by the clerk, those in ``hidden``
    not seen either: the roster has said them.  ``figures`` are kept whole numbers by field key; an amount of kind
    ``money_text`` is given in ``written`` instead, as the unit wrote it.  ``prior`` holds last
    year's figures by field key, for the rules across years; ``origin`` says where a prefilled
    figure comes from, by field key.  ``fee`` is the 信息处理费, ``confirmed`` presets 本表已核对.
    ``deadline`` is the day by which the unit reports and ``delivery`` how and where, by key, as
    the roster says.
    """

    identity: Mapping[str, str] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    figures: Mapping[str, int] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    prior: Mapping[str, int] = field(default_factory=dict)
    origin: Mapping[str, str] = field(default_factory=dict)
    passages: tuple[Passage, ...] = ()
    facts: tuple[tuple[str, str, int], ...] = ()
    fee: ProcessingFee | None = None
    confirmed: bool = False
    deadline: datetime.date | None = None
    delivery: Mapping[str, str] = field(default_factory=dict)
