"""Publishing what has been proved, and holding back the rest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.model.run_token import RunToken
from pipeline.publish.atomic import publish_together
from pipeline.word.template_filling import template

if TYPE_CHECKING:
    from pipeline.readback.report import Proof
    from pipeline.word.compiled import CompiledTemplate


def proof_of(path: Path) -> Proof:
    """The proof of a Word template's reports, with what it has learnt of the template."""
    return _proof(template(path))


@lru_cache(maxsize=64)
def _proof(template: CompiledTemplate) -> Proof:
    from pipeline.readback.report import Proof

    return Proof(template.render)


Proved = tuple[bytes, tuple[str, ...]]
"""A file's content, and what it says otherwise than the data."""


def publish_proved(
    output: Path, files: Mapping[str, Proved], token: RunToken | None = None
) -> None:
    """Publish the files that have no faults.

    Raises:
        pipeline.publish.atomic.OutputError: a file could not be written.
    """
    publish_together(
        {output / name: content for name, (content, faults) in files.items() if not faults},
        token,
    )
