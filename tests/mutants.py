"""Mutation testing: small faults are put into the checks, one at a time; the tests must notice.

    python -m tests.mutants [module ...]

Prints the score and the mutants that survived.  A survivor that means the same as the code, or
that no report can show, is explained in ``mutants.toml``; the exit code is 1 when one survives
that isn't, and when an explanation speaks of a mutant that there isn't or that is noticed.
Takes minutes a module; not part of the suite.

No file is changed: each mutant is tried in a process of its own, forked from one that has loaded
the libraries and nothing of the project, in which the module is imported with the fault in it.
"""

from __future__ import annotations

import ast
import copy
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import pytest
from hypothesis import Phase, settings

MODULES = {
    "aggregate/totals": ["tests/aggregate/test_totals.py"],
    "validate/rules": ["tests/validate/test_rules.py"],
    "validate/cross_footing": [
        "tests/validate/test_cross_footing.py",
        "tests/validate/test_error_localisation.py",
    ],
    "validate/error_localisation": [
        "tests/validate/test_error_localisation.py",
        "tests/validate/test_cross_footing.py",
    ],
    "validate/checks": ["tests/validate/test_checks.py"],
    "validate/context": ["tests/validate/test_checks.py"],
    "validate/prose": ["tests/validate/test_checks.py"],
    "validate/fees": ["tests/prose/test_fees.py", "tests/validate/test_checks.py"],
    "validate/explanations": ["tests/validate/test_explanations.py"],
    "validate/schemas": ["tests/validate/test_schemas.py", "tests/validate/test_checks.py"],
    "text/figures": ["tests/text/test_figures.py"],
    "readback/template_probe": ["tests/readback/test_report.py"],
    "readback/report": ["tests/readback/test_report.py"],
    "readback/fees": ["tests/readback/test_fees.py"],
    "readback/totals": ["tests/readback/test_report.py"],
    "readback/cells": ["tests/readback/test_years.py"],
    "readback/years": ["tests/readback/test_years.py"],
    "readback/summary": [
        "tests/readback/test_summary.py",
        "tests/readback/test_fees.py",
        "tests/readback/test_years.py",
    ],
    "readback/long_table": ["tests/readback/test_summary.py", "tests/readback/test_fees.py"],
}
"""The modules that are tried, and the tests that should notice."""

LIBRARIES = ("pandas", "pandera.pandas", "openpyxl", "xlsxwriter", "docxtpl", "python_calamine")
"""What takes long to load and is no part of the project."""

SLACK = 20
"""Seconds; a mutant whose tests take five times as long as without it, and these, is noticed."""

TELLING = 6
"""So many tests are tried first: what notices one fault often notices the next."""

EXPLAINED = Path(__file__).with_name("mutants.toml")

_COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPERATIONS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fault: the function it is in, the line of code (as ``ast.unparse`` writes it) and what
    becomes of it, and the source of the whole module with it."""

    where: str
    line: str
    becomes: str
    source: str

    @property
    def told(self) -> str:
        return f"  {self.where}: {self.line}\n      -> {self.becomes}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a mutant may survive."""

    module: str
    where: str
    line: str
    becomes: str
    why: str

    def speaks_of(self, mutant: Mutant) -> bool:
        told = (mutant.where, mutant.line, mutant.becomes)
        return (self.where, self.line, self.becomes) == told


# ------------------------------------------------------------------------------------ the faults


def faults(node: ast.AST) -> Iterator[ast.AST]:
    """The node with a small fault: another comparison, sign, number or truth, a condition turned
    or done away with, a statement left out, an empty result."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        made = copy.deepcopy(node)
        made.ops[0] = _COMPARISONS[type(node.ops[0])]()
        yield made
    elif isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in _OPERATIONS:
        other = copy.deepcopy(node)
        other.op = _OPERATIONS[type(node.op)]()
        yield other
    elif isinstance(node, ast.BoolOp):
        turned = copy.deepcopy(node)
        turned.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield turned
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield copy.deepcopy(node.operand)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    if isinstance(node, (ast.If, ast.IfExp)):
        for truth in (True, False):
            decided = copy.deepcopy(node)
            decided.test = ast.Constant(truth)
            yield decided
    elif isinstance(node, ast.comprehension):
        for at in range(len(node.ifs)):
            unasked = copy.deepcopy(node)
            unasked.ifs[at] = ast.Constant(True)
            yield unasked
    elif _left_out(node):
        yield ast.Pass()


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _left_out(node: ast.AST) -> bool:
    """Whether a statement does something, and does not just give a name to a value."""
    if isinstance(node, ast.Assign):
        return not all(isinstance(target, (ast.Name, ast.Tuple)) for target in node.targets)
    is_call = isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    return is_call or isinstance(node, (ast.AugAssign, ast.Raise))


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    tree = ast.parse(source)
    before = ast.unparse(tree).splitlines()
    for at, node in enumerate(_code(tree)):
        for made in faults(node):
            other = copy.deepcopy(tree)
            target = next(n for i, n in enumerate(_code(other)) if i == at)
            parent, name, index = _slot(other, target)
            if index is None:
                setattr(parent, name, made)
            else:
                getattr(parent, name)[index] = made
            changed = ast.unparse(ast.fix_missing_locations(other))
            yield _told(before, changed)


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """What decides a result: without types, decorators, and the guard against unequal lengths."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and getattr(child, "arg", "") != "strict":
                yield from _code(child)


def _told(before: Sequence[str], changed: str) -> Mutant:
    """A mutant by the first line that it changes, and the innermost function around that."""
    after = changed.splitlines()
    at = next(i for i, (old, new) in enumerate(zip(before, after, strict=False)) if old != new)
    depth, where = len(before[at]) - len(before[at].lstrip()), ""
    for line in reversed(before[:at]):
        indented = len(line) - len(line.lstrip())
        if line.strip() and indented < depth:
            depth = indented
            if line.lstrip().startswith(("def ", "class ")):
                where = line.split()[1].partition("(")[0].rstrip(":")
                break
    return Mutant(where, before[at].strip(), after[at].strip(), changed)


def _slot(tree: ast.AST, target: ast.AST) -> tuple[ast.AST, str, int | None]:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is target:
                return parent, name, None
            if isinstance(value, list):
                for index, one in enumerate(value):
                    if one is target:
                        return parent, name, index
    raise ValueError("a node has a parent")


# ------------------------------------------------------------------------------------- the tries


class _Changed(importlib.abc.MetaPathFinder):
    """Imports one module from another source than its file's."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(self.source, fullname, spec.origin)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, source: str, name: str, path: str) -> None:
        super().__init__(name, path)
        self.source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source, self.path, "exec", dont_inherit=True)


class _First:
    """Hears of the first test that fails, and sends its name."""

    def __init__(self, there: int) -> None:
        self.there = there

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os.write(self.there, report.nodeid.encode("utf-8"))


def noticed(name: str, source: str, tests: Sequence[str], limit: float) -> str:
    """The test that fails where a module has this source, or why none could; empty where all
    pass.  One that takes longer than so many seconds fails."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = _tried(name, source, tests, limit, there)
        finally:
            os._exit(code)
    os.close(there)
    with os.fdopen(here, "rb") as heard:
        failed = heard.read().decode("utf-8")
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return "" if code == 0 else failed or f"ended with {code}"


def _tried(name: str, source: str, tests: Sequence[str], limit: float, there: int) -> int:
    signal.alarm(round(limit))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    # The same examples every time; a failing one is neither kept nor made smaller.
    settings.register_profile(
        "mutants", derandomize=True, database=None, phases=(Phase.explicit, Phase.generate)
    )
    settings.load_profile("mutants")
    sys.meta_path.insert(0, _Changed(name, source))
    quiet = ["-x", "-q", "-p", "no:cacheprovider"]
    return int(pytest.main([*quiet, *tests], plugins=[_First(there)]))


def explanations() -> list[Explanation]:
    told = tomllib.loads(EXPLAINED.read_text("utf-8"))
    return [Explanation(**one) for one in told["explained"]]


def score(module: str, explained: Sequence[Explanation]) -> bool:
    """Try every mutant of a module and tell; whether all that survive are explained."""
    path = Path("pipeline") / f"{module}.py"
    name, tests = f"pipeline.{module.replace('/', '.')}", MODULES[module]
    source = path.read_text("utf-8")
    began = time.monotonic()
    if noticed(name, source, tests, 3600):
        print(f"{module}: the tests fail without any fault: {' '.join(tests)}")
        return False
    limit = SLACK + 5 * (time.monotonic() - began)
    tried, known, unknown = 0, 0, 0
    left = list(explained)
    telling: list[str] = []  # the tests that noticed the mutants before this one, the last first
    for mutant in mutants(source):
        tried += 1
        failed = noticed(name, mutant.source, [*telling[:TELLING], *tests], limit)
        if failed:
            telling = [failed, *(one for one in telling if one != failed)] if "::" in failed else []
            continue
        why = next((one for one in explained if one.speaks_of(mutant)), None)
        known, unknown = known + (why is not None), unknown + (why is None)
        left = [one for one in left if one is not why]
        print(f"{mutant.told}\n      {why.why if why else 'SURVIVED'}", flush=True)
    for one in left:
        print(f"  explained, and not among the survivors: {one.where}: {one.becomes}")
    print(
        f"{module}: {tried - known - unknown} of {tried} mutants noticed, "
        f"{known} explained, {unknown} not",
        flush=True,
    )
    return not unknown and not left


def main(modules: list[str]) -> int:
    assert not any(name.startswith("pipeline") for name in sys.modules)
    for library in LIBRARIES:
        importlib.import_module(library)
    explained = explanations()
    good = [
        score(module, [one for one in explained if one.module == module])
        for module in modules or MODULES
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
