"""The 图解 as one A4 page of Word: what its template is filled with.

The template is ``图解.docx``: texts as docxtpl tags, and charts as :mod:`pipeline.charts.word`
fills them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.charts.word import chart_names, with_charts
from pipeline.infographic.content import Figure, Infographic
from pipeline.text.titles import title_lines
from pipeline.word.compiled import CompiledTemplate, compile_template


@dataclass(frozen=True)
class InfographicTemplate:
    """A template of the 图解: its texts ready to be filled, and what its charts show."""

    texts: CompiledTemplate
    charts: dict[str, str]


def infographic_template(path: Path) -> InfographicTemplate:
    """Compile a template file.

    Raises:
        FileNotFoundError: there is no such file.
        jinja2.TemplateError: a tag of the template is broken.
    """
    return InfographicTemplate(compile_template(path), chart_names(path.read_bytes()))


def infographic_docx(content: Infographic, template: InfographicTemplate) -> bytes:
    """The page as .docx bytes, the same for the same content.

    Raises:
        pipeline.charts.word.ChartError: a chart of the template can't be filled.
    """
    pictures = {picture.chart.name: picture for picture in content.pictures}
    texts = template.texts.render(infographic_context(content))
    return with_charts(texts, template.charts, pictures)


def infographic_context(content: Infographic) -> dict[str, Any]:
    """What the tags of the template stand for."""
    return {
        "标题": content.title,
        "分行标题": title_lines(content.title, content.unit),
        "单位": content.unit,
        "年度": content.year,
        "统计期限": content.period,
        "数据来源": content.source,
        "草稿": content.draft,
        "要数": _figures(content.headlines),
        "主要数字": _figures(content.others),
        "图": _Pictures(
            (picture.chart.name, {"标题": picture.title, "说明": picture.about})
            for picture in content.pictures
        ),
    }


class _Absent(dict[str, str]):
    """What stands for a picture that a report hasn't: nothing, and nothing in it."""

    def __missing__(self, _key: str) -> str:
        return ""


class _Pictures(dict[str, dict[str, str]]):
    """The pictures by name; a template may name one that the edition of a report hasn't."""

    def __missing__(self, _name: str) -> dict[str, str]:
        return _Absent()


def _figures(figures: Iterable[Figure]) -> list[dict[str, str]]:
    return [{"名称": one.label, "数值": one.value, "单位": one.unit} for one in figures]
