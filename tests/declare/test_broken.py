"""A declaration with one thing wrong is refused, with the file, the key and the nearest name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from string import Formatter
from typing import Any

import msgspec
import pytest

from pipeline.declare import ledger
from pipeline.declare.editions import load_editions
from pipeline.model.declared import DeclarationError
from pipeline.model.edition import Edition
from tests.support.declarations import (
    EDITION_FILES,
    NAMES,
    READERS,
    Path,
    changed,
    key_paths,
    misspelt,
    value_at,
)

REFERENCES = re.compile(
    r"headlines|amends|removed|signing|governments"
    r"|(rules|measures|sums|counts|charts|sections)\.\w+\.table"
    r"|rules\.\w+\.(follows|details|levels|only|except)"
    r"|charts\.\w+\.measures|processing_fee\.section|.*\.list|\w+\.removed|.*\.(before|after)"
    r"|(fields|infographic)\.[^\W\d]+(\.[^\W\d]+)*\.instead|usual\.\w+"
)
"""The keys whose values are names of something declared."""

EXPRESSIONS = re.compile(
    r"rules\.\w+\.(left|right)|(measures|sums|counts)\.\w+\.(rows|columns)|charts\.\w+\.(rows|columns)"
)
SENTENCES = {
    "statement",
    "message",
    "short",
    "title",
    "text",
    "remedy",
    "free",
    "charged",
    "county",
}
SENTENCES |= {"by_channel", "by_category", "change", "default"}

EACH_FILE = pytest.mark.parametrize("file", sorted(READERS))


def refused(file: str, path: Path, change: Any) -> str:
    """What is told of a declaration with a change; empty where it is read all the same."""
    declared, read = READERS[file]
    try:
        read(changed(declared, path, change))
    except DeclarationError as error:
        return str(error)
    return ""


def check_told(told: str, file: str, name: str) -> None:
    """An error names a file of the same sort, a whole key, and the wrong name and the right one."""
    first, key, *_ = told.split(": ")
    assert first.split(" ")[0] in ({*EDITION_FILES} if file in EDITION_FILES else {file}), told
    assert key, told
    assert name in told, told
    assert name in told.partition("the nearest valid name is ")[2], told


@pytest.mark.parametrize(
    ("file", "first"), [(file, key) for file in sorted(READERS) for key in READERS[file][0]]
)
def test_a_misspelt_key_is_refused_or_is_a_name_of_its_own(file, first):
    declared, read = READERS[file]
    for path in [(first,), *key_paths({first: declared[first]})]:
        if path[-1].isdigit():
            continue
        try:
            found = read(changed(declared, path, lambda key, value: (misspelt(key), value)))
        except DeclarationError as error:
            check_told(str(error), file, path[-1])
        else:
            assert misspelt(path[-1]) in names_of(found), f"{file}: {path} is passed over"


def names_of(found: object) -> Collection[str]:
    """The names that what was read has for its parts: of editions; of all else, all that it holds."""
    if not isinstance(found, Mapping) or not all(isinstance(x, Edition) for x in found.values()):
        return repr(found)
    names: set[str] = set()
    for edition in found.values():
        parts = (*edition.parts, *edition.sections, *edition.charts, *edition.measures)
        parts += (*edition.sums, *edition.counts, *edition.fields)
        parts += tuple(block for table in edition.tables for block in table.blocks)
        names |= {name for part in parts for name in part.key.split(".")}
        names |= {rule.id for rule in edition.rules}
    return names


def strings(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [x for x in value if isinstance(x, str)]


def misspell_one(value: Any, text: str, broken: str) -> Any:
    return broken if isinstance(value, str) else [broken if x == text else x for x in value]


@EACH_FILE
def test_a_reference_to_nothing_is_refused(file):
    declared, _ = READERS[file]
    for path in key_paths(declared):
        if not REFERENCES.fullmatch(".".join(path)):
            continue
        value = value_at(declared, path)
        for text in strings(value):
            broken = misspell_one(value, text, misspelt(text))
            check_told(refused(file, path, lambda key, _, new=broken: (key, new)), file, text)


@pytest.mark.parametrize("file", sorted(EDITION_FILES))
def test_a_name_in_an_expression_that_means_nothing_is_refused(file):
    declared = EDITION_FILES[file]
    tried = 0
    for path in key_paths(declared):
        if not EXPRESSIONS.fullmatch(".".join(path)):
            continue
        value = value_at(declared, path)
        for text in strings(value):
            for found in NAMES.finditer(text):
                name = text[: found.end()] + "x" + text[found.end() :]
                broken = misspell_one(value, text, name)
                told = refused(file, path, lambda key, _, new=broken: (key, new))
                check_told(told, file, found[0])
                tried += 1
    assert tried


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("left", "carried_out carried_in"),
        ("left", "carried_out +"),
        ("left", "3"),
        ("right", "received × 2"),
        ("right", "received, carried_in"),
        ("right", "(received)"),
    ],
)
def test_an_expression_that_cant_be_read_is_refused(key, wrong):
    told = refused("2019.toml", ("rules", "A5", key), lambda name, _: (name, wrong))
    assert f"rules.A5.{key}" in told
    assert wrong in told


@EACH_FILE
def test_a_word_that_nothing_fills_in_is_refused(file):
    declared, _ = READERS[file]
    for path in key_paths(declared):
        value = value_at(declared, path)
        if path[-1] not in SENTENCES or not isinstance(value, str | list):
            continue
        for text in strings(value):
            words = [word for _, word, _, _ in Formatter().parse(text) if word]
            if not words:
                continue
            for word in words:
                wrong = text.replace(f"{{{word}}}", f"{{{misspelt(word)}}}")
                broken = misspell_one(value, text, wrong)
                told = refused(file, path, lambda key, _, new=broken: (key, new))
                check_told(told, file, word)
            broken = misspell_one(value, text, text + "{")
            assert ".".join(p for p in path if not p.isdigit()) in refused(
                file, path, lambda key, _, new=broken: (key, new)
            )


def test_two_editions_for_one_year_are_refused():
    files = sorted(EDITION_FILES)
    first = EDITION_FILES[files[0]]["first_year"]
    told = refused(files[-1], ("first_year",), lambda key, _: (key, first))
    assert "first_year" in told
    assert str(first) in told


def test_two_editions_of_one_key_are_refused():
    files = sorted(EDITION_FILES)
    key = EDITION_FILES[files[0]]["key"]
    assert ": key: " in refused(files[-1], ("key",), lambda name, _: (name, key))


@pytest.mark.parametrize("key", [field.name for field in msgspec.structs.fields(ledger.Counting)])
def test_what_the_ledgers_count_is_in_some_edition(key):
    declared, _ = READERS[ledger.DECLARATION.name]
    wrong = changed(declared, ("counting", key), lambda name, value: (name, misspelt(value)))
    form = ledger.DECLARATION.read(wrong)
    with pytest.raises(DeclarationError, match=f"counting.{key}: .*; the nearest valid name is"):
        ledger.check_counting(form.counting, load_editions().values())


@pytest.mark.parametrize(
    ("path", "change", "twice"),
    [
        (("tables", "disputes", "sheet"), lambda key, _: (key, "依申请公开"), "依申请公开"),
        (("sums", "granted"), lambda _, value: ("received", value), "received"),
        (("charts", "outcomes", "name"), lambda key, _: (key, "申请人"), "申请人"),
    ],
)
def test_what_is_known_by_one_name_stands_once(path, change, twice):
    told = refused("2019.toml", path, change)
    assert twice in told
    assert path[0] in told
