"""The declarations say what the national formats print."""

import pickle

import pytest

from pipeline.declare.editions import build_edition, load_editions
from pipeline.model.declared import DeclarationError
from pipeline.model.edition import edition_for
from pipeline.model.table_grid import grid

EDITIONS = load_editions()


def test_each_year_has_the_edition_in_force():
    found = {year: edition_for(year, EDITIONS) for year in (2018, 2019, 2020, 2021, 2025)}
    keys = {year: edition.key if edition else None for year, edition in found.items()}
    assert keys == {2018: None, 2019: "2019", 2020: "2019", 2021: "2021", 2025: "2021"}


@pytest.mark.parametrize(
    ("key", "table", "rows", "columns", "figures"),
    [
        ("2019", "disclosure", 18, 4, 22),
        ("2021", "disclosure", 14, 4, 10),
        ("2019", "requests", 26, 10, 161),
        ("2021", "requests", 28, 10, 175),
        ("2019", "disputes", 4, 15, 15),
        ("2021", "disputes", 4, 15, 15),
    ],
)
def test_tables_have_the_printed_size_and_tile_it(key, table, rows, columns, figures):
    declared = EDITIONS[key].table(table)
    laid = grid(declared)
    assert (laid.rows, laid.columns, len(declared.fields)) == (rows, columns, figures)
    covered = [
        (cell.row + down, cell.column + across)
        for cell in laid.cells
        for down in range(cell.rowspan)
        for across in range(cell.colspan)
    ]
    assert sorted(covered) == [(r, c) for r in range(rows) for c in range(columns)]


def test_the_2021_edition_changes_only_what_it_names():
    old, new = EDITIONS["2019"], EDITIONS["2021"]
    assert [s.heading for s in old.sections] == [s.heading for s in new.sections]
    assert {f.key for f in old.table("disputes").fields} <= set(new.by_key)
    assert not {"C6", "C7", "C8"} & {rule.id for rule in new.rules}


def test_identities_cover_every_row_and_column():
    rules = {rule.id: rule for rule in EDITIONS["2021"].rules}
    assert [len(rules[key].identities) for key in ("A1", "A2", "A3", "B1")] == [25, 7, 7, 3]
    assert len(rules["A2"].identities[0].left) == 21
    rules = {rule.id: rule for rule in EDITIONS["2019"].rules}
    assert [len(rules[key].identities) for key in ("A1", "A2", "A3", "B1")] == [23, 7, 7, 3]
    assert len(rules["A2"].identities[0].left) == 19


def test_an_edition_survives_being_sent_to_another_process():
    for edition in EDITIONS.values():
        sent = pickle.loads(pickle.dumps(edition))
        assert (sent.fields, sent.rules, sent.sections) == (
            edition.fields,
            edition.rules,
            edition.sections,
        )
        assert list(sent.by_key) == list(edition.by_key)


SMALL = {
    "key": "small",
    "name": "示例格式",
    "document": "示例〔2030〕1号",
    "source": "示例",
    "first_year": 2030,
    "title": "{unit}{year}年报告",
    "sections": {"t": {"heading": "情况", "table": "t"}},
    "tables": {
        "t": {
            "sheet": "情况",
            "stub": [20],
            "blocks": {
                "b": {
                    "stub_heading": "项目",
                    "columns": {"a": {"label": "甲"}, "b": {"label": "乙"}},
                    "rows": {"x": {"label": "子"}, "y": {"label": "丑"}},
                }
            },
        }
    },
}


def test_a_rule_that_names_nothing_is_refused():
    rule = {
        "name": "无",
        "table": "t",
        "each": "row",
        "left": "a",
        "right": "nowhere",
        "severity": "error",
        "statement": "…",
    }
    with pytest.raises(DeclarationError, match="there is no 'nowhere'; the nearest valid name is"):
        build_edition({**SMALL, "rules": {"R": rule}})


def test_a_made_up_edition_is_a_declaration_and_nothing_else():
    edition = build_edition(SMALL)
    assert [f.key for f in edition.fields] == ["t.x.a", "t.x.b", "t.y.a", "t.y.b"]
