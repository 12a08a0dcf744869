"""Mutation testing: small faults are put into the checks, one at a time; the tests must notice.

    python -m tests.mutants [module ...]

Prints the score and the mutants that survived.  Takes minutes a module; not part of the suite.
"""

from __future__ import annotations

import ast
import copy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MODULES = {
    "aggregate": ["tests/test_aggregate.py"],
    "checking/rules": ["tests/test_rules.py"],
    "checking/cross_footing": ["tests/test_rules.py", "tests/test_run.py", "tests/test_returns.py"],
    "intake/reading": ["tests/test_reading.py", "tests/test_intake.py"],
    "publishing/proof": ["tests/test_proof.py"],
}
"""The modules that are tried, and the tests that should notice."""

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
_OPERATIONS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult}


def faults(node: ast.AST) -> Iterator[ast.AST]:
    """The node with a small fault: another comparison, sign, number, or a turned condition."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        made = copy.deepcopy(node)
        made.ops[0] = _COMPARISONS[type(node.ops[0])]()
        yield made
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        made = copy.deepcopy(node)
        made.op = _OPERATIONS[type(node.op)]()
        yield made
    elif isinstance(node, ast.BoolOp):
        made = copy.deepcopy(node)
        made.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield made
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield copy.deepcopy(node.operand)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Continue):
        yield ast.Break()


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """Each mutant of a module: the line, what was changed into what, and the whole source."""
    tree = ast.parse(source)
    for at, node in enumerate(ast.walk(tree)):
        for made in faults(node):
            other = copy.deepcopy(tree)
            target = next(n for i, n in enumerate(ast.walk(other)) if i == at)
            parent, name, index = _slot(other, target)
            if index is None:
                setattr(parent, name, made)
            else:
                getattr(parent, name)[index] = made
            line = getattr(node, "lineno", 0)
            yield (
                line,
                f"{ast.unparse(node)} -> {ast.unparse(made)}",
                ast.unparse(ast.fix_missing_locations(other)),
            )


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


def main(modules: list[str]) -> int:
    for module in modules or MODULES:
        path = Path("pipeline") / f"{module}.py"
        source, survivors, tried = path.read_text("utf-8"), [], 0
        try:
            for line, told, changed in mutants(source):
                path.write_text(changed, "utf-8")
                tried += 1
                command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
                done = subprocess.run(
                    [*command, *MODULES[module]], check=False, capture_output=True, timeout=600
                )
                if done.returncode == 0:
                    survivors.append(f"  {path}:{line}  {told}")
                    print(survivors[-1], flush=True)
        finally:
            path.write_text(source, "utf-8")
        print(f"{module}: {tried - len(survivors)} of {tried} mutants noticed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
