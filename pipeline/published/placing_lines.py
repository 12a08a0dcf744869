"""Placing a table that was copied as text: the order of its labels, and the number of its cells.

Copying loses the borders of cells.  What is left is the edition's own order: the words of the
header, then each row's label and its cells.  A row with as many cells as the table has columns
is placed; one with fewer (blank cells were lost) only where the sums of the table allow a single
reading.  A row that can't be placed for certain is left out, and told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import lru_cache

from pipeline.model.edition import Block, Field, LabelPath, Node, Table, aliases, dotted, field_key
from pipeline.published.document import Paragraph
from pipeline.published.lost_cells import a_cell_a_column, decided_rows
from pipeline.published.placing import NEARLY, NOTHING, Placed, PlacedCell, is_figure
from pipeline.text.labels import normalise

_SENTENCE = re.compile("[。；！？]")
"""What no label has: a line with one is a remark beside the table."""

LONGEST_LABEL = 6
"""Over how many lines a copied label may be broken."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A cell's text, or a blank cell, and its line (from 1). ``row`` numbers the copied row."""

    text: str
    line: int
    row: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """A run of labels and the cells that follow it."""

    labels: tuple[str, ...]
    cells: tuple[str, ...]
    line: int


def placed_in_lines(table: Table, lines: Sequence[Paragraph]) -> Placed:
    """Place a table's figures in copied lines, with the cells' borders as far as they are left.

    Where a page was copied with a line or a tab for each cell, blank cells count; else only the
    order of labels and figures does.
    """
    lines = [line for line in lines if not _SENTENCE.search(line.text)]
    kept = _aligned(table, _entries(list(_pieces_with_borders(lines))))
    if not kept.uncertain and not kept.strays and len(kept.cells) == len(table.fields):
        return kept
    loose = _aligned(table, _entries(list(_pieces_without_borders(lines))))
    return loose if loose.fits > kept.fits else kept


# ---------------------------------------------------------------------------- cells from lines


def _pieces_with_borders(lines: Sequence[Paragraph]) -> Iterator[_Piece]:
    """Cells parted by tabs, or a cell a line with a blank line after each row."""
    row = 0
    in_row = False
    for paragraph in lines:
        line, number = paragraph.text, paragraph.line
        if not line:
            row, in_row = row + 1, False
        elif line.startswith("\t") and line.count("\t") == 1:
            in_row = True
            yield _Piece(line.strip(), number, row)
        elif "\t" in line:
            row += 1
            yield from (_Piece(cell.strip(), number, row) for cell in line.split("\t"))
            row, in_row = row + 1, False
        elif in_row:
            yield _Piece(line.strip(), number, row)
        else:
            row += 1
            yield from (_Piece(text, number, row) for text in line.split())
            row += 1


def _pieces_without_borders(lines: Sequence[Paragraph]) -> Iterator[_Piece]:
    for paragraph in lines:
        yield from (_Piece(text, paragraph.line, 0) for text in paragraph.text.split())


def _entries(pieces: Sequence[_Piece]) -> list[_Entry]:
    """Runs of labels with the cells behind them; a blank cell left of a row's label is none."""
    last_label: dict[int, int] = {}
    for at, piece in enumerate(pieces):
        if piece.text and not is_figure(piece.text):
            last_label[piece.row] = at
    entries: list[_Entry] = []
    labels: list[str] = []
    cells: list[str] = []
    line = 0
    for at, piece in enumerate(pieces):
        if piece.text and not is_figure(piece.text):
            if cells:
                entries.append(_Entry(tuple(labels), tuple(cells), line))
                labels, cells = [], []
            labels.append(normalise(piece.text))
            line = piece.line
        elif piece.text or at > last_label.get(piece.row, len(pieces)):
            cells.append(piece.text)
            line = line or piece.line
    if cells:
        entries.append(_Entry(tuple(labels), tuple(cells), line))
    return entries


# ------------------------------------------------------------------------- rows from entries


@dataclass(frozen=True)
class _Words:
    """A block's words: its rows by their spellings, its header in print order, all it may say.

    ``labels`` is the header as the edition words it, ``beside`` what may stand around it.
    """

    block: Block
    heading: str
    header: tuple[frozenset[str], ...]
    labels: tuple[str, ...]
    beside: str
    rows: Mapping[str, LabelPath]
    spoken: frozenset[str]


@lru_cache(maxsize=64)
def _words(table: Table) -> tuple[_Words, ...]:
    found = []
    for block in table.blocks:
        rows: dict[str, LabelPath] = {}
        for path in block.row_leaves:
            for word in aliases(path[-1]) if path else ():
                rows.setdefault(word, path)
        header = tuple(_reading_order(block.columns))
        headers = tuple(aliases(node) for node in header)
        inner = {w for path in block.row_leaves for node in path[:-1] for w in aliases(node)}
        plain = {normalise(text) for text in (block.heading, block.stub_heading, block.banner)}
        spoken = inner | plain | {word for words in headers for word in words}
        found.append(
            _Words(
                block=block,
                heading=normalise(block.heading),
                header=headers,
                labels=tuple(normalise(node.label) for node in header),
                beside="".join(plain),
                rows=rows,
                spoken=frozenset(spoken - {""}),
            )
        )
    return tuple(found)


def _reading_order(nodes: Sequence[Node]) -> Iterator[Node]:
    """The titles of a header as they are read: row by row, left to right."""
    while nodes:
        yield from nodes
        nodes = [child for node in nodes for child in node.children]


@dataclass(slots=True)
class _Alignment:
    """The rows of a table while the entries are gone through."""

    table: Table
    at: int = 0
    seen: list[frozenset[str]] = field(default_factory=list)
    rows: dict[tuple[int, str], tuple[LabelPath, _Entry]] = field(default_factory=dict)
    doubled: set[tuple[int, str]] = field(default_factory=set)
    strays: list[str] = field(default_factory=list)
    unheaded: set[int] = field(default_factory=set)
    tail: str = ""
    misspelt: list[tuple[str, str]] = field(default_factory=list)
    spelt_out: bool = False


def _aligned(table: Table, entries: Sequence[_Entry]) -> Placed:
    state = _Alignment(table)
    words = _words(table)
    pending: tuple[str, ...] = ()
    for index, entry in enumerate(entries):
        following = entries[index + 1].labels if index + 1 < len(entries) else ()
        ended = _ends(state.tail, entry.labels) if state.tail else 0
        state.tail = ""
        entry = replace(entry, labels=(*pending, *entry.labels[ended:]))
        pending = _take(state, words, entry, following)
    return _placed(state, words)


def _take(
    state: _Alignment, words: tuple[_Words, ...], entry: _Entry, following: tuple[str, ...]
) -> tuple[str, ...]:
    """Give an entry's cells to a row; what it leaves of its labels goes before the next."""
    rest = _speak(state, words, entry.labels)
    here = words[state.at]
    if not any(entry.cells) and len(entry.cells) != len(here.block.column_leaves):
        return rest  # blank cells of a header
    if not here.rows:
        if state.seen == list(here.header) or _all_letters(here, entry.labels):
            _give(state, (), entry)
        return ()
    path, used = _leaf(here, rest)
    if path is None and any(entry.cells):
        path, used = _begun(state, here, rest, following), len(rest)
    if path is None:
        if any(entry.cells) and state.rows:
            state.strays.append("".join(rest)[-40:] or f"第{entry.line}行")
        return () if any(entry.cells) else rest
    if used < len(rest) and any(at == state.at for at, _ in state.rows):
        # What stands before the label is no word of the table: the row may be another's.
        state.strays.append("".join(rest)[-40:])
        return ()
    if state.seen != list(here.header) and not state.spelt_out:
        state.spelt_out = _all_letters(here, entry.labels[: len(entry.labels) - used])
        if not state.spelt_out:
            state.unheaded.add(state.at)
    _give(state, path, entry)
    return ()


def _all_letters(here: _Words, labels: Sequence[str]) -> bool:
    """Whether words are a header's, letter for letter, where narrow columns have broken them.

    Where each title is whole, their order must be right instead.
    """
    if set(here.labels) <= set(labels):
        return False
    told = Counter("".join(labels))
    due = Counter("".join(here.labels))
    return not due - told and not told - due - Counter(here.beside)


def _give(state: _Alignment, path: LabelPath, entry: _Entry) -> None:
    key = (state.at, dotted(path))
    if key in state.rows:
        state.doubled.add(key)
    else:
        state.rows[key] = (path, entry)


def _speak(
    state: _Alignment, words: tuple[_Words, ...], labels: tuple[str, ...]
) -> tuple[str, ...]:
    """Go through the words that are no row's: headings, headers, outer labels; the rest is left.

    A block's heading begins the block; header words count in the order of the printed form.
    """
    rest: list[str] = []
    at = 0
    while at < len(labels):
        step = _step(state, words, labels, at)
        if step is None:
            rest.append(labels[at])
            at += 1
        else:
            at += step
    return tuple(rest)


def _step(
    state: _Alignment, words: tuple[_Words, ...], labels: tuple[str, ...], at: int
) -> int | None:
    """How many pieces a known word takes, the longest first; None where none begins here."""
    for size in range(min(LONGEST_LABEL, len(labels) - at), 0, -1):
        word = "".join(labels[at : at + size])
        heads = [i for i, block in enumerate(words) if block.heading and block.heading == word]
        if heads:
            state.at, state.seen, state.spelt_out = heads[0], [], False
            return size
        here = words[state.at]
        # 总计 and 其他 name a column as well as a row: in the header's place they are columns.
        due = here.header[len(state.seen)] if len(state.seen) < len(here.header) else frozenset()
        if word in due:
            state.seen.append(due)
            return size
        if word in here.rows:
            return None
        if word in here.spoken:
            return size
    return 1 if _misspelt(state, words[state.at], labels[at]) else None


def _misspelt(state: _Alignment, here: _Words, word: str) -> bool:
    """Whether a word is nearly the header word that is due, which it then stands for."""
    if not state.seen or len(state.seen) >= len(here.header) or word in here.spoken:
        return False
    due = here.header[len(state.seen)]
    near = [known for known in due if SequenceMatcher(None, word, known).ratio() >= NEARLY]
    if not near:
        return False
    state.seen.append(due)
    state.misspelt.append((word, near[0]))
    return True


def _leaf(here: _Words, rest: tuple[str, ...]) -> tuple[LabelPath | None, int]:
    """The row whose label the last pieces are, whole pieces only."""
    for size in range(min(LONGEST_LABEL, len(rest)), 0, -1):
        path = here.rows.get("".join(rest[-size:]))
        if path is not None:
            return path, size
    return None, 0


def _begun(
    state: _Alignment, here: _Words, rest: tuple[str, ...], following: tuple[str, ...]
) -> LabelPath | None:
    """The row whose label was broken around its cells: begun before them, ended after."""
    head = "".join(rest)
    fits = {
        dotted(path): (path, word[len(head) :])
        for word, path in here.rows.items()
        if len(head) >= 4 and word.startswith(head) and _ends(word[len(head) :], following)
    }
    if len(fits) != 1:
        return None
    ((path, state.tail),) = fits.values()
    return path


def _ends(tail: str, following: tuple[str, ...]) -> int:
    """How many of the pieces that follow are the end of a broken label; 0 when they are not."""
    sizes = range(1, min(LONGEST_LABEL, len(following)) + 1)
    return next((size for size in sizes if "".join(following[:size]) == tail), 0)


# ------------------------------------------------------------------------ figures from rows


def _placed(state: _Alignment, words: tuple[_Words, ...]) -> Placed:
    table = state.table
    cells: dict[str, PlacedCell] = {}
    uncertain: list[tuple[str, str]] = []
    doubtful: list[tuple[list[Field], _Entry, str]] = []
    for key, (path, entry) in state.rows.items():
        name = path[-1].name if path else "数字"
        fields = _fields(table, key[0], words[key[0]].block, path)
        if key in state.doubled:
            uncertain.append((name, "这一行出现了多次"))
        elif key[0] in state.unheaded:
            uncertain.append((name, "列标题对不上"))
        elif (row := a_cell_a_column(entry.cells, fields)) is not None:
            where = f"第{entry.line}行"
            pairs = zip(fields, row, strict=True)
            cells |= {f.key: PlacedCell(text, where) for f, text in pairs}
        else:
            doubtful.append((fields, entry, name))
    rows = [(fields, entry.cells) for fields, entry, _ in doubtful]
    decided = decided_rows(table, {key: cell.text for key, cell in cells.items()}, rows)
    for (fields, entry, name), found in zip(doubtful, decided, strict=True):
        if found is None:
            count = sum(bool(text) for text in entry.cells)
            uncertain.append((name, f"有 {count} 个数，应有 {len(fields)} 个"))
        else:
            where = f"第{entry.line}行"
            cells |= {f.key: PlacedCell(t, where) for f, t in zip(fields, found, strict=True)}
    if not cells and not uncertain:
        return NOTHING
    return Placed(
        cells=cells,
        misspelt=tuple(state.misspelt),
        strays=tuple(state.strays),
        uncertain=tuple(uncertain),
    )


def _fields(table: Table, index: int, block: Block, path: LabelPath) -> list[Field]:
    by_key = {f.key: f for f in table.fields if f.block == index}
    return [by_key[field_key(table.key, path, column)] for column in block.column_leaves]
