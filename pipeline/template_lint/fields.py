"""The fields that a Word template may use: their shape, meaning and an example of each.

The shape is that of what fills it (:mod:`pipeline.report.context`, :mod:`pipeline.infographic.word`),
read off a made-up report of each edition, so that it can't differ from it; the words are in
``fields.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pipeline.aggregate.trends import unit_year
from pipeline.declare.loading import Declaration
from pipeline.infographic.content import Infographic, unit_infographic
from pipeline.infographic.word import infographic_context
from pipeline.model.declared import Declared, check_names
from pipeline.model.edition import Edition, Field
from pipeline.model.place import Place
from pipeline.model.submission import Fact, Passage, Submission
from pipeline.report.context import unit_context
from pipeline.text.figures import MONEY_SCALE

EXAMPLE_UNIT, EXAMPLE_DATE = "示例镇", "2021-01-20"


class TemplateField(Declared):
    """A field as it is declared; see ``fields.toml``."""

    meaning: str
    each: str = ""
    level: Literal["", "p", "tr", "tc"] = ""
    lost: str = ""
    instead: str = ""


class TemplateFields(Declared, eq=False):
    """The declared fields of a report and of a 图解."""

    fields: Mapping[str, TemplateField]
    infographic: Mapping[str, TemplateField]

    def __post_init__(self) -> None:
        for name, fields in (("fields", self.fields), ("infographic", self.infographic)):
            for key, one in fields.items():
                check_names(f"{name}.{key}.instead", filter(None, [one.instead]), fields)


DECLARATION: Declaration[TemplateFields] = Declaration(
    Path(__file__).parent / "fields.toml", TemplateFields
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What a field is: a text or number (``example``), a list of ``items``, or named parts.

    ``name`` is as it is declared: what a list's item has is named after the loop's variable.
    """

    name: str = ""
    example: str = ""
    items: Shape | None = None
    parts: Mapping[str, Shape] = field(default_factory=dict)

    def walk(self) -> Iterator[Shape]:
        """This shape and all below it, in order."""
        yield self
        for below in ([self.items] if self.items is not None else []) + list(self.parts.values()):
            yield from below.walk()


@lru_cache(maxsize=1)
def _declared() -> TemplateFields:
    return DECLARATION.load()


def template_fields() -> Mapping[str, TemplateField]:
    """The declared fields of a report by name, in the order in which they are shown."""
    return _declared().fields


def infographic_fields(editions: Mapping[str, Edition]) -> dict[str, TemplateField]:
    """The fields of a 图解: those declared, and of each chart its title and its figures."""
    found = dict(_declared().infographic)
    charts = (chart for edition in editions.values() for chart in edition.charts)
    for chart in charts:
        if chart.kind != "units":
            for key, meaning, lost in (
                ("标题", f"“{chart.title}”图的标题，带计量单位", ""),
                ("说明", "写在图的替代文字里，这个图就填入这些数字", f"“{chart.title}”图"),
            ):
                found[f"图.{chart.name}.{key}"] = TemplateField(meaning=meaning, lost=lost)
    return found


def listed_fields(
    editions: Mapping[str, Edition], infographic: bool
) -> tuple[Mapping[str, TemplateField], Shape]:
    """The fields of a sort of template, and their shape.

    Raises:
        DeclarationError: a field is declared that no template is given.
    """
    if infographic:
        fields: Mapping[str, TemplateField] = infographic_fields(editions)
        contexts = [infographic_context(content) for content in example_infographics(editions)]
    else:
        fields, contexts = template_fields(), example_contexts(editions)
    shape = template_shape(contexts, fields)
    declared = _declared().infographic if infographic else fields
    check_names(
        "infographic" if infographic else "fields", declared, [x.name for x in shape.walk()]
    )
    return fields, shape


def template_shape(
    contexts: Sequence[Mapping[str, Any]], fields: Mapping[str, TemplateField] | None = None
) -> Shape:
    """The shape of contexts: of reports', or of those that have these fields."""
    loops = {name: one.each for name, one in (fields or template_fields()).items() if one.each}
    pool: dict[str, list[Any]] = {}
    _gather("", list(contexts), pool, loops)
    return _shape("", pool, loops)


def _gather(
    name: str, values: Sequence[Any], pool: dict[str, list[Any]], loops: Mapping[str, str]
) -> None:
    """Put what stands under each name, anywhere in some reports, into the pool."""
    there = [value for value in values if value is not None]
    pool.setdefault(name, []).extend(there)
    for value in there:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                _gather(f"{name}.{key}" if name else key, [inner], pool, loops)
        elif isinstance(value, list | tuple):
            _gather(loops.get(name, f"{name}[]"), value, pool, loops)


def _shape(name: str, pool: Mapping[str, Sequence[Any]], loops: Mapping[str, str]) -> Shape:
    there = pool.get(name, ())
    if any(isinstance(value, Mapping) for value in there):
        keys = dict.fromkeys(key for value in there for key in value)
        parts = {key: _shape(f"{name}.{key}" if name else key, pool, loops) for key in keys}
        return Shape(name=name, parts=parts)
    if any(isinstance(value, list | tuple) for value in there):
        return Shape(name=name, items=_shape(loops.get(name, f"{name}[]"), pool, loops))
    shown = next((str(value) for value in there if value not in ("", False)), "")
    return Shape(name=name, example=shown)


def example_contexts(editions: Mapping[str, Edition]) -> list[dict[str, Any]]:
    """A made-up report of each edition, and a draft of the last, with all that there can be."""
    made = [(_example(edition), edition) for edition in editions.values()]
    finished = [unit_context(submission, edition) for submission, edition in made]
    return [*finished, unit_context(*made[-1], draft="草稿（未齐：示例局）")]


def example_infographics(editions: Mapping[str, Edition]) -> list[Infographic]:
    """A made-up 图解 of each edition, compared with a year before, and a draft of the last."""
    made = []
    for edition in editions.values():
        submission = replace(_example(edition), facts=(_FACT,))
        before = replace(unit_year(submission, edition), year=submission.year - 1)
        made.append(unit_infographic(submission, edition, [before]))
    return [*made, replace(made[-1], draft="草稿（未齐：示例局）")]


_FACT = Fact(channel="政府网站", category="工作动态", count=35, place=Place("", ""))


def _example(edition: Edition) -> Submission:
    passages = tuple(
        Passage(
            section=section.key,
            part=part.key,
            heading=part.heading,
            paragraphs=(f"（{part.label or part.heading}的文字）", "（第二段）"),
            place=Place("", ""),
        )
        for section in edition.sections
        for part in section.parts
    )
    return Submission(
        source="",
        sha256="",
        edition=edition.key,
        year=edition.first_year,
        identity={"unit": EXAMPLE_UNIT, "signed_on": EXAMPLE_DATE},
        values=tuple(_figure(at, one) for at, one in enumerate(edition.fields)),
        written={f.key: "108万元" for f in edition.fields if f.kind == "money_text"},
        passages=passages,
    )


def _figure(at: int, one: Field) -> int:
    return at % 100 * (MONEY_SCALE if one.kind in ("money", "money_text") else 1)
