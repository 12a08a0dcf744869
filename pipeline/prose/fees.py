"""信息处理费 in words: what prose says of it, the sentence that tells a unit's, a county's list.

Amounts are whole 分, counts 件; see 《政府信息公开信息处理费管理办法》(国办函〔2020〕109号).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.model.edition import FeeStatement, Node
from pipeline.model.place import Place
from pipeline.model.submission import Passage, ProcessingFee, Submission
from pipeline.prose.lexicon import lexicon
from pipeline.text.figures import format_value, read_figure


def fee_label(node: Node) -> str:
    """What stands before a cell of the workbook's table, by which it is read back."""
    return f"{node.label}（{node.unit}）"


def fee_text(value: int | None, node: Node) -> str:
    """A count or an amount as it is printed, in the node's unit; empty for None."""
    return "" if value is None else format_value(value, node.scale)


# ------------------------------------------------------------------------ what the prose says


_SENTENCE = re.compile(r"[^。！？；\n]+")
_DIGITS = str.maketrans("０１２３４５６７８９．", "0123456789.")
_THOUSANDS = re.compile(r"(?<=[0-9])，(?=[0-9]{3}(?![0-9]))")


def amounts_told(paragraphs: Iterable[str]) -> frozenset[int]:
    """The amounts (分) that prose states of fees for information, 0 for 未收取; empty where it
    says nothing of them."""
    said = lexicon().processing_fee
    found: set[int] = set()
    for paragraph in paragraphs:
        plain = "".join(paragraph.translate(_DIGITS).split())
        for sentence in _SENTENCE.findall(_THOUSANDS.sub(",", plain)):
            if not any(word in sentence for word in said.about):
                continue
            if any(word in sentence for word in said.unless):
                continue
            read = [
                read_figure(one.group(), "yuan").value for one in said.amount.finditer(sentence)
            ]
            told = {value for value in read if value is not None}
            found |= told or ({0} if said.none.search(sentence) else set())
    return frozenset(found)


def section_paragraphs(passages: Sequence[Passage], section: str) -> tuple[str, ...]:
    return tuple(line for p in passages if p.section == section for line in p.paragraphs)


# ---------------------------------------------------------------------- what a report prints


def unit_sentence(submission: Submission, statement: FeeStatement | None) -> str:
    """The sentence that tells a unit's fee; empty where the unit stated none, or its own prose
    tells an amount."""
    fee = submission.fee
    if statement is None or fee is None or not fee.stated:
        return ""
    if amounts_told(section_paragraphs(submission.passages, statement.section)):
        return ""
    words = statement.charged if fee.requests or fee.amount else statement.free
    return words.format(
        requests=fee_text(fee.requests, statement.requests),
        amount=fee_text(fee.amount, statement.amount),
    )


def sentence_passage(sentence: str, statement: FeeStatement | None) -> tuple[Passage, ...]:
    """A sentence on the fee, if there is one, as a passage of the section that it is printed in."""
    if statement is None or not sentence:
        return ()
    return (
        Passage(
            section=statement.section,
            part="",
            heading="",
            paragraphs=(sentence,),
            place=Place("", ""),
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class CountyFees:
    """A county's fees: each member (unit, what it states or None), and the sums over those that
    stated theirs: ``requests`` (件), ``amount`` (分), ``stated`` (units)."""

    lines: tuple[tuple[str, ProcessingFee | None], ...]
    requests: int
    amount: int
    stated: int


def county_fees(members: Sequence[Submission], statement: FeeStatement | None) -> CountyFees | None:
    """The fees of a county's members, in order; None where none need be stated, or none is."""
    if statement is None:
        return None
    lines = tuple((member.unit, _stated(member.fee)) for member in members)
    known = [fee for _, fee in lines if fee is not None]
    if not known:
        return None
    return CountyFees(
        lines=lines,
        requests=sum(fee.requests or 0 for fee in known),
        amount=sum(fee.amount or 0 for fee in known),
        stated=len(known),
    )


def added_fees(
    members: Sequence[Submission], statement: FeeStatement | None
) -> ProcessingFee | None:
    """The fees of all members that stated theirs, added up; None where none did."""
    fees = county_fees(members, statement)
    return None if fees is None else ProcessingFee(fees.requests, fees.amount)


def _stated(fee: ProcessingFee | None) -> ProcessingFee | None:
    return fee if fee is not None and fee.stated else None


def county_sentence(county: str, fees: CountyFees, statement: FeeStatement) -> str:
    """The sentence above a county's list of fees."""
    return statement.county.format(
        county=county,
        requests=fee_text(fees.requests, statement.requests),
        amount=fee_text(fees.amount, statement.amount),
    )


def county_rows(fees: CountyFees, statement: FeeStatement) -> list[tuple[str, str, str]]:
    """A county's list by unit as it is printed, its header and the row of sums included."""
    labels = fee_label(statement.requests), fee_label(statement.amount)
    rows = [(statement.unit, *labels)]
    for unit, fee in fees.lines:
        told = [
            statement.unstated if fee is None else fee_text(getattr(fee, node.key), node)
            for node in statement.nodes
        ]
        rows.append((unit, told[0], told[1]))
    sums = (
        fee_text(fees.requests, statement.requests),
        fee_text(fees.amount, statement.amount),
    )
    return [*rows, (statement.total, *sums)]
