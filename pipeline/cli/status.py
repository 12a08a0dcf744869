"""How a command ends."""

from __future__ import annotations

ACCEPTED, RETURNED, COULD_NOT_RUN = 0, 1, 2
"""Exit status: all accepted (warnings allowed); some returned or unreadable; could not run."""


class CommandError(Exception):
    """Why a command could not run, and what to do, in one line of Chinese."""
