"""Two cells behind several broken identities are told once; what is named is what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product

import pytest

from pipeline.model.edition import Edition
from pipeline.model.place import Place
from pipeline.model.submission import Submission
from pipeline.validate.cross_footing import cross_footing
from tests.support.cross_footing import EDITION, FORM, PLACES, cell, summed, told, unit
from tests.support.districts import EDITIONS, random_figures
from tests.support.made_up_edition import made_up_edition

NAMING = ("rule.culprit", "rule.culprits")


BASE = {
    "received": (40, 60, 100),
    "carried": (10, 20, 30),
    "results.granted": (20, 30, 50),
    "results.refused": (10, 15, 25),
    "results.total": (30, 45, 75),
    "out": (20, 35, 55),
}


def made_up(changes: Mapping[str, int]) -> Submission:
    right = unit(**{key.replace(".", "__"): row for key, row in BASE.items()})
    values = dict(zip(EDITION.by_key, right.values, strict=True))
    return replace(
        right,
        source=str(changes),
        values=tuple((value or 0) + changes.get(key, 0) for key, value in values.items()),
    )


def test_a_wrong_cell_and_a_wrong_total_of_its_row_are_told_once():
    (one,) = told(unit(results__granted=(7, 4, 9)))
    assert (one.rule, one.severity) == ("rule.culprits", "error")
    assert (one.sheet, one.cell) == PLACES["counted.results.granted.town"]
    total = PLACES["counted.results.granted.sum"]
    assert one.message == (
        f"统计!{one.cell}：“公开·镇”填的是 7，“公开·合计”（统计!{total.cell}）填的是 9，"
        "使 3 项勾稽关系不符（“公开”行合计、“镇”列合计、“合计”列合计）；"
        "如果分别是 2、6，这几项就都相符。请核对这两格。"
    )
    assert (one.found, one.expected) == ("7、9", "2、6")
    assert one.cells[:2] == (one.cell, total.cell)
    assert set(one.cells) == {
        *(cell(f"counted.results.granted.{key}") for key in ("town", "village", "sum")),
        *(cell(f"counted.results.{row}.town") for row in ("refused", "total")),
        *(cell(f"counted.results.{row}.sum") for row in ("refused", "total")),
    }


def test_a_wrong_cell_and_a_wrong_total_of_its_column_are_told_once():
    (one,) = told(unit(results__granted=(7, 4, 6), results__total=(9, 5, 8)))
    assert (one.rule, one.expected) == ("rule.culprits", "2、3")
    assert "使 4 项" in one.message
    (follows,) = told(unit(results__granted=(7, 4, 6), results__total=(8, 5, 8)))
    assert (follows.rule, follows.expected) == ("rule.culprits", "2、3"), "the total was added up"


def test_two_cells_of_a_wrong_row_are_told_with_a_rule_of_not_more_than():
    (one,) = told(unit(out=(9, 7, 1)))
    assert (one.rule, one.expected) == ("rule.culprits", "1、0")
    assert "“镇”结转" in one.message
    assert "“村”结转" in one.message


def test_cells_whose_places_are_not_known_are_told_without():
    (one,) = told(replace(unit(results__granted=(7, 4, 9)), places={}))
    assert "填的是 7，“公开·合计”填的是 9，使" in one.message
    assert (one.sheet, one.cell) == ("", "")


def test_an_unknown_figure_is_not_named():
    found = told(unit(results__granted=(None, 4, 9), results__total=(9, 5, 8)))
    assert all("公开·镇" not in p.message for p in found)


# -------------------------------------------------------------------------- where none is certain


def test_where_two_other_cells_would_do_none_is_named():
    # The row is right as it stands: both cells of 公开 or both of 不公开 are too many.
    found = told(unit(results__granted=(3, 4, 7)))
    assert summed(found) == [("A2", "镇")]
    # 收到 or 上年结转, each with its total; neither row tells.
    found = told(unit(received=(4, 5, 9), out=(1, 1, 2)))
    assert not [p for p in found if p.rule in NAMING]


def test_that_one_cell_would_do_though_nobody_knows_which_is_not_put_down_to_two():
    found = told(unit(other={"left": 4}))
    assert [rule for rule, _ in summed(found)] == ["S1", "S2", "S3", "S4"]


def test_two_breaches_are_no_reason_to_name_two_cells():
    found = told(unit(other={"pairs": 3, "shoes": 3}))
    assert summed(found) == [("P1", "鞋"), ("P3", "鞋")]


def test_no_cell_is_said_to_be_negative_that_cannot_be():
    found = told(unit(results__granted=(0, 4, 9), results__refused=(4, 1, 2)))
    assert all("-" not in p.expected for p in found)


@pytest.mark.parametrize(
    "faults",
    [
        # Two pairs would each mend three equations, some of them the same.
        {"carried.village": 4, "carried.sum": 2, "out.town": -4, "out.sum": -2},
        # One cell would mend a part of what two would, only nobody knows which.
        {"received.village": 5, "results.refused.town": 3, "results.total.town": -5},
    ],
)
def test_two_cells_are_not_named_where_others_would_mend_some_of_the_same(faults):
    found = told(made_up({f"counted.{key}": by for key, by in faults.items()}))
    assert len(found) > 4
    assert not [p for p in found if p.rule in NAMING]


def test_a_cell_that_stands_nowhere_without_another_makes_that_uncertain():
    # 只 stands with 对 alone, 包 with 盒.
    found = told(unit(other={"pairs": 4, "boxes": 6, "wrapped": 4}))
    assert summed(found) == [("P2", "鞋"), ("P1", "鞋"), ("P3", "鞋")]


HIDDEN = """
[sections.all]
heading = "其他"
table = "all"
[tables.all]
sheet = "其他"
stub = [10]
[tables.all.blocks.all]
stub_heading = "项目"
[tables.all.blocks.all.columns]
x = { label = "甲", width = 10 }
z = { label = "乙", width = 10 }
p = { label = "丙", width = 10 }
q = { label = "丁", width = 10 }
[tables.all.blocks.all.rows.all]
label = "行"
""" + "".join(
    f"""
[rules.{name}]
name = "{name}"
table = "all"
each = "row"
left = "{left}"
relation = "="
right = "{right}"
severity = "error"
statement = "{{subject}}"
"""
    for name, left, right in (
        ("E1", "x + z", "10"),
        ("E2", "z", "p"),
        ("E3", "z", "q"),
        ("E4", "z + z", "p + q"),
        ("E5", "p", "q"),
    )
)


def test_a_fault_that_another_hides_is_not_put_down_to_others():
    """甲 and 乙 are wrong by as much, so that E1 holds; 丙 and 丁 would mend all that is broken."""
    edition = made_up_edition(HIDDEN)
    wrong = Submission(
        source="",
        sha256="",
        edition=edition.key,
        year=2031,
        identity={"unit": "示例镇", "county": "示例区"},
        values=(1, 9, 7, 7),
    )
    ((_, found),) = cross_footing([wrong], [0], edition, {edition.key: edition}, FORM)
    assert [p.rule for p in found] == ["E2", "E3", "E4"]


# ----------------------------------------------------------------- with two wrong figures, certain


def named(problem_cells: tuple[str, ...], expected: str) -> dict[str, str]:
    return dict(zip(problem_cells, expected.split("、"), strict=False))


def wrongly_named(
    faults: list[tuple[Submission, dict[str, str]]], edition: Edition
) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """What is named where it isn't wrong, and what is."""
    editions = {**EDITIONS, edition.key: edition}
    units = [fault for fault, _ in faults]
    for at, problems in cross_footing(units, range(len(units)), edition, editions, FORM):
        for p in problems:
            if p.rule in NAMING:
                said = named(p.cells, p.expected)
                if not said.items() <= faults[at][1].items():
                    yield said, faults[at][1]


FIELDS = [key for key in EDITION.by_key if key.startswith("counted.")]


def test_of_any_two_wrong_figures_no_others_are_named():
    right = dict(zip(EDITION.by_key, made_up({}).values, strict=True))
    faults = [
        (made_up({one: by, other: also}), {cell(k): str(right[k]) for k in (one, other)})
        for one, other in combinations(FIELDS, 2)
        for by, also in product((5, -5, 3), repeat=2)
    ]
    assert list(wrongly_named(faults, EDITION)) == []
    assert len(faults) == 153 * 9


@pytest.mark.parametrize("key", ["2019", "2021"])
def test_of_a_wrong_total_and_a_wrong_part_of_a_national_table_most_are_named(key):
    edition = EDITIONS[key]
    table = edition.table("requests")
    figures, _ = random_figures(edition, 7, 2_000)
    places = {figure.key: Place("表", figure.key) for figure in edition.fields}
    faults = []
    for total in [figure for figure in table.fields if figure.derived]:
        for part in total.parts[:2]:
            wrong = {**figures, total.key: figures[total.key] + 7, part: figures[part] + 4}
            made = Submission(
                source=f"{total.key} {part}",
                sha256="",
                edition=key,
                year=edition.first_year,
                identity={"unit": "示例镇", "county": "示例区"},
                values=tuple(wrong[k] for k in edition.by_key),
                places=places,
            )
            faults.append((made, {k: str(figures[k]) for k in (total.key, part)}))
    assert list(wrongly_named(faults, edition)) == []
    units = [made for made, _ in faults]
    found = dict(cross_footing(units, range(len(units)), edition, EDITIONS, FORM))
    errors = [[p.rule for p in found[at] if p.severity == "error"] for at in found]
    once = sum(rules == ["rule.culprits"] for rules in errors)
    assert once > 0.9 * len(faults)
