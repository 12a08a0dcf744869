"""Checking a Word template before use: its tags, its fields, and what it makes of examples.

A template belongs to the office that restyles it.  What may go wrong there is reported in words, at
the place: a name that isn't known, a loop without end, a tag that Word has cut to pieces.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.infographic.word import infographic_docx, infographic_template
from pipeline.model.edition import Edition
from pipeline.ooxml.parts import read_parts
from pipeline.ooxml.validity import faults as package_faults
from pipeline.template_lint.fault import TemplateFault, a_warning, an_error
from pipeline.template_lint.fields import (
    Shape,
    TemplateField,
    example_contexts,
    example_infographics,
    listed_fields,
)
from pipeline.template_lint.hazards import find_hazards
from pipeline.template_lint.limits import LimitExceeded, call_within_limits
from pipeline.template_lint.reading import Reading
from pipeline.template_lint.tags import Remnant, TemplateText, UnreadableTemplate, read_template
from pipeline.text.figures import truncate
from pipeline.word.compiled import environment
from pipeline.word.template_choice import of_infographic
from pipeline.word.template_filling import template as compiled_template


@dataclass(frozen=True, kw_only=True)
class TemplateReport:
    """What a check found: the faults in order, and the fields that the template uses."""

    faults: tuple[TemplateFault, ...]
    used: frozenset[str] = frozenset()

    @property
    def usable(self) -> bool:
        return all(fault.severity != "error" for fault in self.faults)


def check_template(path: Path, editions: Mapping[str, Edition]) -> TemplateReport:
    """Check a template file against the fields that reports have, and try it on examples."""
    try:
        parts = read_parts(path.read_bytes())
        text = read_template(parts)
        found = [*find_hazards(parts), *_kept(text)]
    except FileNotFoundError:
        return TemplateReport(faults=(an_error("", "没有这个文件。"),))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError):
        return TemplateReport(faults=(an_error("", _NO_WORD_FILE),))
    except OSError as error:
        message = f"打不开（{error.strerror or error}），请关闭正在使用它的程序。"
        return TemplateReport(faults=(an_error("", message),))
    except UnreadableTemplate as error:
        return TemplateReport(faults=(an_error("", str(error)),))
    sort = _sort(path, editions)
    reading = Reading(sort.shape, sort.fields, environment())
    found += reading.read(text.tags)
    if all(fault.severity != "error" for fault in found):
        found += _tried(path, editions, reading.costly)
    if all(fault.severity != "error" for fault in found):
        found += _missing(reading.used, sort)
    return TemplateReport(faults=tuple(dict.fromkeys(found)), used=frozenset(reading.used))


_NO_WORD_FILE = "不是 Word 文件（.docx），或者已经损坏。请用 Word 打开，另存为 .docx。"


@dataclass(frozen=True, kw_only=True)
class _Sort:
    """A sort of template: what it makes, its fields, and how examples are made with it."""

    makes: str
    fields: Mapping[str, TemplateField]
    shape: Shape
    examples: Callable[[Path], Sequence[bytes]]


def _sort(path: Path, editions: Mapping[str, Edition]) -> _Sort:
    """The sort of a template, by its name."""
    infographic = of_infographic(path)
    fields, shape = listed_fields(editions, infographic)

    def reports(path: Path) -> Sequence[bytes]:
        template = compiled_template(path)
        return [template.render(context) for context in example_contexts(editions)]

    def infographics(path: Path) -> Sequence[bytes]:
        template = infographic_template(path)
        contents = example_infographics(editions)
        return [infographic_docx(content, template) for content in contents]

    if infographic:
        return _Sort(makes="图解", fields=fields, shape=shape, examples=infographics)
    return _Sort(makes="年报", fields=fields, shape=shape, examples=reports)


# --------------------------------------------------------------- how Word keeps the tags


def _kept(text: TemplateText) -> Iterator[TemplateFault]:
    for remnant in text.remnants:
        yield an_error(remnant.place, _remnant_message(remnant))
    for tag in text.tags:
        if tag.hidden and tag.text.startswith("{{"):
            yield an_error(
                tag.place,
                f"标签“{truncate(tag.text)}”的文字是隐藏的、带删除线的或已删除的，印出来看不见。"
                "请选中它，在“字体”里去掉“隐藏”和删除线（样式里的也要去掉）。",
            )
        elif tag.foreign:
            between = "、".join(tag.foreign)
            yield an_error(
                tag.place,
                f"标签“{truncate(tag.text)}”中间夹着{between}，请删去这个标签，一次打完。",
            )
        elif tag.formats > 1:
            yield a_warning(
                tag.place,
                f"标签“{truncate(tag.text)}”被分成几种格式，填入的文字会用第一种。"
                "请选中整个标签，统一设置格式。",
            )
    if text.revised:
        yield a_warning(
            "", "模板里有修订痕迹，年报按接受全部修订印出。请在“审阅”里接受或拒绝全部修订。"
        )
    if text.commented:
        yield a_warning("", "模板里有批注，年报里不带批注。请看一遍，在“审阅”里删除全部批注。")


def _remnant_message(remnant: Remnant) -> str:
    piece = truncate(remnant.text)
    if remnant.wide:
        return f"“{piece}”用了全角的花括号或百分号，请改用英文输入法的 {{ }} %。"
    return f"“{piece}”不完整：标签的两头要成对（{{{{ }}}} 或 {{% %}}），并且写在同一段里。"


# ---------------------------------------------------------------------- what comes of it


def _tried(path: Path, editions: Mapping[str, Edition], costly: bool) -> Sequence[TemplateFault]:
    """What goes wrong when the template is filled with examples; one that works anything out is
    filled within limits of time and memory."""
    if not costly:
        return _fill_examples(path, editions)
    try:
        return tuple(call_within_limits(_fill_examples, path, editions))
    except LimitExceeded as error:
        message = f"用样例试填时，{error}。请看看循环和算式，与原来的模板对照。"
        return (an_error("", message),)


def _fill_examples(path: Path, editions: Mapping[str, Edition]) -> tuple[TemplateFault, ...]:
    before = set(package_faults(path.read_bytes()))
    try:
        made = _sort(path, editions).examples(path)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  whatever an edited template may do
        message = f"用样例试填时出错（{truncate(str(error), 80)}），请与原来的模板对照。"
        return (an_error("", message),)
    for one in made:
        broken = [fault for fault in package_faults(one) if fault not in before]
        if broken:
            message = (
                f"用样例试填后，Word 会打不开或要修复（{truncate(broken[0], 80)}）："
                "循环、条件的开头和结尾要放在同一层。"
            )
            return (an_error("", message),)
    return ()


def _missing(used: set[str], sort: _Sort) -> Iterator[TemplateFault]:
    for name, one in sort.fields.items():
        if one.lost and name not in used and (not one.instead or one.instead not in used):
            yield a_warning("", f"没有用到“{name}”：{sort.makes}里会没有{one.lost}。")
