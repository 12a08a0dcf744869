"""What the tags of a Word template say: which fields they name, and which names hold where.

Loops and conditions must end in the part they begin in; a name must be a field, or one that a
loop or an assignment brings.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, TemplateError, nodes

from pipeline.template_lint.fault import TemplateFault, an_error
from pipeline.template_lint.fields import Shape, TemplateField
from pipeline.template_lint.tags import Tag
from pipeline.text.figures import truncate

_STATEMENT = re.compile(r"\{%-?\s*(?:(p|tr|tc|r)\s+)?(\w+)(.*?)-?%\}", re.DOTALL)
_PRINTED = re.compile(r"\{\{-?\s*(?:r\s+)?(.*?)-?\}\}", re.DOTALL)
_LEVELS = {"p": "一段", "tr": "一行", "tc": "一格"}
_BLOCKS = {"for": "endfor", "if": "endif"}
_PLAIN = ("colspan", "cellbg", "vm", "hm", "set")
_RAW = re.compile(r"\{\{-?\s*r\s")
_SIMPLE = (
    nodes.And,
    nodes.Compare,
    nodes.CondExpr,
    nodes.Const,
    nodes.Neg,
    nodes.Not,
    nodes.Operand,
    nodes.Or,
    nodes.Test,
)
"""What takes no more time or memory than the fields in it."""

_DEEPEST = 4
"""So many loops, one within the other, are soon done."""

_KNOWN = [*_BLOCKS, *_BLOCKS.values(), "else", "elif", *_PLAIN]


@dataclass
class _Open:
    """A loop or condition that is not yet ended, with the names that it brings."""

    tag: Tag
    level: str
    word: str
    names: Mapping[str, Shape | None] = field(default_factory=dict)


class Reading:
    """Reads a template's tags in order: which names hold where, and what is not known.

    ``used`` are the fields named; ``costly`` tells that the template works something out, which
    may take more time or memory than there is.
    """

    def __init__(
        self, shape: Shape, fields: Mapping[str, TemplateField], made: Environment
    ) -> None:
        self.shape, self.made = shape, made
        self.used: set[str] = set()
        self.costly = False
        self.open: list[_Open] = []
        self.set: dict[str, Shape | None] = {}
        self.loops = {one.each: name for name, one in fields.items() if one.each}

    def read(self, tags: Sequence[Tag]) -> Iterator[TemplateFault]:
        parts = dict.fromkeys(tag.part for tag in tags)
        for part in parts:
            for tag in (tag for tag in tags if tag.part == part):
                yield from self._tag(tag)
            for left in self.open:
                end = _BLOCKS[left.word]
                level = f"{left.level} " if left.level else ""
                yield an_error(
                    left.tag.place,
                    f"“{truncate(left.tag.text)}”没有结束，后面缺“{{%{level}{end} %}}”。",
                )
            self.open, self.set = [], {}

    def _tag(self, tag: Tag) -> Iterator[TemplateFault]:
        if tag.text.startswith("{#"):
            return
        if _RAW.match(tag.text):
            plain = _RAW.sub("{{ ", tag.text)
            yield an_error(
                tag.place,
                f"“{truncate(tag.text)}”印出来什么也看不见，请写成“{truncate(plain)}”，不要“r”。",
            )
        if tag.text.startswith("{{"):
            found = _PRINTED.fullmatch(_straight(tag.text))
            yield from self._expression(found.group(1) if found else "", tag)
            return
        statement = _STATEMENT.fullmatch(_straight(tag.text))
        if statement is None:
            yield an_error(tag.place, f"看不懂标签“{truncate(tag.text)}”。")
            return
        level, word, source = statement.group(1) or "", statement.group(2), statement.group(3)
        yield from _alone(tag, level)
        if word in _BLOCKS:
            yield from self._begun(tag, level, word, source)
        elif word in _BLOCKS.values():
            yield from self._ended(tag, level, word)
        elif word in ("else", "elif"):
            if not self.open:
                yield an_error(tag.place, f"“{truncate(tag.text)}”前面没有 {{% if … %}}。")
            if word == "elif":
                yield from self._expression(source, tag)
        elif word == "set":
            name, _, value = source.partition("=")
            self.set[name.strip()] = None
            yield from self._expression(value, tag)
        elif word in ("colspan", "cellbg"):
            yield from self._expression(source, tag)
        elif word not in _PLAIN:
            near = difflib.get_close_matches(word, _KNOWN, n=1, cutoff=0.5)
            hint = f"是不是“{near[0]}”？" if near else f"可以用：{'、'.join(_KNOWN)}。"
            yield an_error(tag.place, f"“{truncate(tag.text)}”里的“{word}”不认识，{hint}")

    def _begun(self, tag: Tag, level: str, word: str, source: str) -> Iterator[TemplateFault]:
        names: dict[str, Shape | None] = {}
        if word == "if":
            yield from self._expression(source, tag)
        else:
            parsed = self._parsed(f"{{% for {source} %}}{{% endfor %}}")
            if not isinstance(parsed, nodes.For):
                yield an_error(
                    tag.place,
                    f"“{truncate(tag.text)}”写错了，循环要写成“for 名称 in 列表”，"
                    "如“{%p for 章 in 各章 %}”。",
                )
            else:
                listed, faults = self._resolved(parsed.iter, tag)
                yield from faults
                items = None if listed is None else listed.items
                if listed is not None and items is None:
                    yield an_error(
                        tag.place, f"“{truncate(tag.text)}”：“{listed.name}”不是列表，不能循环。"
                    )
                targets = [x.name for x in parsed.target.find_all(nodes.Name)]
                targets += [parsed.target.name] if isinstance(parsed.target, nodes.Name) else []
                names = dict.fromkeys(targets, items if len(targets) == 1 else None)
                names["loop"] = None
        self.open.append(_Open(tag, level, word, names))
        loops = sum(begun.word == "for" for begun in self.open)
        self.costly = self.costly or loops > _DEEPEST

    def _ended(self, tag: Tag, level: str, word: str) -> Iterator[TemplateFault]:
        opening = next(start for start, end in _BLOCKS.items() if end == word)
        if not self.open:
            yield an_error(tag.place, f"“{truncate(tag.text)}”前面没有对应的 {{% {opening} … %}}。")
            return
        begun = self.open.pop()
        first, last = truncate(begun.tag.text), truncate(tag.text)
        if _BLOCKS[begun.word] != word:
            # What is meant is most likely that the inner one has no end.
            if any(_BLOCKS[other.word] == word for other in self.open):
                while _BLOCKS[self.open[-1].word] != word:
                    self.open.pop()
                self.open.pop()
            else:
                self.open.append(begun)
            yield an_error(tag.place, f"“{last}”之前要先结束“{first}”，或者多写了“{last}”。")
        elif begun.level != level:
            yield an_error(
                tag.place,
                f"“{first}”和结束它的“{last}”写法不同，要都写成“{{%{begun.level or level} … %}}”。",
            )
        elif level and begun.tag.within.get(level) != tag.within.get(level):
            where = {"p": "同一个单元格（或都在表外）", "tr": "同一个表", "tc": "同一行"}.get(
                level, "同一段"
            )
            yield an_error(tag.place, f"“{first}”和结束它的“{last}”要放在{where}里。")

    # -------------------------------------------------------------------------- names

    def _parsed(self, source: str) -> nodes.Node | None:
        try:
            return self.made.parse(source).body[0]
        except (TemplateError, IndexError, RecursionError):
            return None

    def _expression(self, source: str, tag: Tag) -> Iterator[TemplateFault]:
        parsed = self._parsed("{{ " + source + " }}") if source.strip() else None
        if parsed is None:
            yield an_error(tag.place, f"标签“{truncate(tag.text)}”写错了，请照字段表重写。")
            return
        for child in parsed.iter_child_nodes():
            yield from self._resolved(child, tag)[1]

    def _resolved(self, node: nodes.Node, tag: Tag) -> tuple[Shape | None, list[TemplateFault]]:
        """The shape that an expression stands for, if it is a field, and what is unknown in it."""
        if isinstance(node, nodes.Name):
            return self._named(node.name, tag)
        if isinstance(node, nodes.Getattr | nodes.Getitem):
            base, found = self._resolved(node.node, tag)
            key = node.attr if isinstance(node, nodes.Getattr) else _constant(node.arg)
            if isinstance(key, str) and key.startswith("_"):
                return None, [
                    *found,
                    an_error(tag.place, f"“{truncate(tag.text)}”：不能用“{key}”。"),
                ]
            if base is None or key is None:
                return None, found
            return self._part(base, key, tag, found)
        self.costly = self.costly or not isinstance(node, _SIMPLE)
        found = list(self._applied(node, tag))
        for child in node.iter_child_nodes():
            found += self._resolved(child, tag)[1]
        return None, found

    def _applied(self, node: nodes.Node, tag: Tag) -> Iterator[TemplateFault]:
        """A filter (``|upper``) or test (``is odd``) that Jinja doesn't have."""
        if isinstance(node, nodes.Filter | nodes.Test):
            known = self.made.filters if isinstance(node, nodes.Filter) else self.made.tests
            if node.name not in known:
                message = f"“{truncate(tag.text)}”：没有“{truncate(node.name)}”这种处理，请删去。"
                yield an_error(tag.place, message)

    def _named(self, name: str, tag: Tag) -> tuple[Shape | None, list[TemplateFault]]:
        for begun in reversed(self.open):
            if name in begun.names:
                return begun.names[name], []
        if name in self.set or name in self.made.globals:
            return self.set.get(name), []
        if name in self.shape.parts:
            self.used.add(name)
            return self.shape.parts[name], []
        listed = self.loops.get(name)
        if listed:
            return None, [
                an_error(
                    tag.place,
                    f"“{truncate(tag.text)}”：“{name}”只能写在“for {name} in {listed}”的循环里。",
                )
            ]
        inner = [known for begun in self.open for known in begun.names if known != "loop"]
        return None, [self._unknown(name, [*inner, *self.shape.parts], tag)]

    def _part(
        self, base: Shape, key: Any, tag: Tag, found: list[TemplateFault]
    ) -> tuple[Shape | None, list[TemplateFault]]:
        if base.parts:
            if key in base.parts:
                self.used.add(base.parts[key].name)
                return base.parts[key], found
            known = [f"{base.name}.{part}" for part in base.parts]
            return None, [*found, self._unknown(f"{base.name}.{key}", known, tag)]
        if isinstance(key, int):
            return base.items, found
        if hasattr([] if base.items is not None else "", str(key)):
            return None, found
        return None, [*found, self._unknown(f"{base.name}.{key}", [base.name], tag)]

    def _unknown(self, name: str, known: Sequence[str], tag: Tag) -> TemplateFault:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.3)
        hint = f"是不是“{near[0]}”？" if near else f"可以用：{'、'.join(known)}。"
        return an_error(
            tag.place, f"“{truncate(tag.text)}”：没有“{truncate(name)}”这个字段，{hint}"
        )


def _straight(text: str) -> str:
    """A tag with straight quotes, as docxtpl reads it."""
    return text.translate(str.maketrans("“”‘’", "\"\"''"))


def _constant(node: nodes.Node) -> Any:
    return node.value if isinstance(node, nodes.Const) else None


def _alone(tag: Tag, level: str) -> Iterator[TemplateFault]:
    """A tag of a paragraph, row or cell takes the whole of it away."""
    if level not in _LEVELS:
        return
    what = _LEVELS[level]
    if level not in tag.beside:
        yield an_error(tag.place, f"“{truncate(tag.text)}”只能写在表格里。")
        return
    rest = tag.beside[level].replace(tag.text, "", 1).strip()
    if rest:
        yield an_error(
            tag.place,
            f"“{truncate(tag.text)}”要单独占{what}：同{what}里的“{truncate(rest, 20)}”会丢掉。",
        )
