"""What may be wrong with a Word template, in words for its office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class TemplateFault:
    """Something wrong with a template: how bad, where, and what to do, in Chinese."""

    severity: Severity
    place: str
    message: str


def an_error(place: str, message: str) -> TemplateFault:
    return TemplateFault(severity="error", place=place, message=message)


def a_warning(place: str, message: str) -> TemplateFault:
    return TemplateFault(severity="warning", place=place, message=message)
