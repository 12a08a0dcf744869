"""The catalogue has the messages that the program tells, and gives them the words they need."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pipeline.declare.messages import CATALOGUE
from tests.support.paths import ROOT

TREES = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "pipeline").rglob("*.py")]
ALWAYS = {"sheet", "cell", "cells", "found", "expected"}
"""What every problem has; in a sentence they are words like any other."""


def nodes() -> Iterator[ast.AST]:
    for tree in TREES:
        yield from ast.walk(tree)


def test_every_message_is_told_and_every_one_that_is_told_is_there():
    texts = {
        node.value
        for node in nodes()
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    families = {text[:-1] for text in texts if text.endswith(".")}
    named = {text for text in texts if text in CATALOGUE}
    silent = {name for name in CATALOGUE.keys() - named if name.partition(".")[0] not in families}
    assert not silent


def test_a_problem_is_told_with_the_words_of_its_message():
    tried = 0
    for node in nodes():
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if not named or node.func.id != "problem" or not node.args:
            continue
        rule = node.args[0]
        if not isinstance(rule, ast.Constant):
            continue
        assert rule.value in CATALOGUE
        words = set(CATALOGUE[rule.value].words)
        given = {keyword.arg for keyword in node.keywords}
        assert given - ALWAYS - {None} <= words, rule.value
        if len(node.args) == 1 and None not in given:
            assert words <= given, rule.value
            tried += 1
    assert tried > 40
