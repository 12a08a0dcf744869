"""An explanation (情况说明) bound to the problem that it was given to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class BoundExplanation:
    """An explanation bound to the problem, by fingerprint, that it was given to."""

    rule: str
    subject: str
    text: str
    fingerprint: str
