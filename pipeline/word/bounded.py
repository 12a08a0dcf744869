"""What a template may work out: enough for a report, and never so much that a run would hang.

Jinja's sandbox keeps a template from what isn't its own; it lets it ask for a text of a thousand
million characters, even while it is compiled.
"""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_TIMES = 100
"""So many times a template repeats something by ``range``, which may be nested."""

MOST_CHARACTERS = 10_000
"""So long a text, or a list, is made by repeating or filling up; a year is less."""

MOST_NUMBER = 10**18
"""Beyond all figures of a report, and in no need of long arithmetic."""

_WIDE = re.compile(r"%[^A-Za-z%]*(?:\*|[0-9]{5})|\{[^{}]*:[^{}]*(?:\{|[0-9]{5})")
"""A format that says how wide a text is to be, with five digits or by another value."""


class Bounded(ImmutableSandboxedEnvironment):
    """A sandbox that refuses, in Chinese, what would take more time or memory than there is."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters = dict(_FILTERS)
        self.globals["range"] = _range
        del self.globals["lipsum"]

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """The result of an operator, of which none grows without bound.

        Raises:
            jinja2.exceptions.SecurityError: it would be too much.
        """
        if operator == "**":
            raise SecurityError("不能用“**”")
        if operator == "%" and isinstance(left, str):
            _refuse_wide(left)
        elif operator == "*" and _repeats(left, right):
            _refuse_beyond(MOST_CHARACTERS, _length(left) * _length(right))
        elif isinstance(left, int) and isinstance(right, int):
            _refuse_beyond(MOST_NUMBER, left, right)
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """What a call gives; a method of a text may fill it up so far and no further."""
        if type(called) is types.BuiltinMethodType:
            _refuse_beyond(MOST_CHARACTERS, *args, *kwargs.values())
        return super().call(context, called, *args, **kwargs)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """``str.format`` within the sandbox, and within bounds."""
        wrapped = super().wrap_str_format(value)
        if wrapped is not None:
            _refuse_wide(value.__self__)
        return wrapped


def _repeats(left: Any, right: Any) -> bool:
    return isinstance(left, Sequence) != isinstance(right, Sequence)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, Sequence) else int(value)


def _refuse_beyond(most: int, *values: Any) -> None:
    if any(isinstance(value, int | float) and abs(value) > most for value in values):
        raise SecurityError(f"得数或者长度超过 {most}，太大了")


def _refuse_wide(text: str) -> None:
    if _WIDE.search(text):
        raise SecurityError("格式里的宽度太大")


def _range(*args: int) -> range:
    """``range`` as templates have it."""
    made = range(*args)
    if made[MOST_TIMES:]:
        raise SecurityError(f"range 最多 {MOST_TIMES} 项")
    return made


def _bounded(name: str, filter_: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that takes no larger numbers than a text's length."""
    own = 2 if hasattr(filter_, "jinja_pass_arg") else 1

    @functools.wraps(filter_)
    def bounded(*args: Any, **kwargs: Any) -> Any:
        if name == "format":
            _refuse_wide(str(args[own - 1]))
        _refuse_beyond(MOST_CHARACTERS, *args[own:], *kwargs.values())
        return filter_(*args, **kwargs)

    return bounded


_FILTERS: Mapping[str, Callable[..., Any]] = {
    name: _bounded(name, filter_) for name, filter_ in FILTERS.items()
}
