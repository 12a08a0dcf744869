"""The schemas of the sheets: what each fails, and that a frame of other types is a bug."""

from __future__ import annotations

import pandas as pd
import pytest
from pandera.errors import SchemaErrors

from pipeline.text.figures import LARGEST
from pipeline.validate.schemas import MAX_TEXT, expected, failures, figures_schema, identity_schema
from tests.support.issued_books import FORM


def figures(*values: int | None, unit: str = "int64", field: str = "int64") -> pd.DataFrame:
    places = range(len(values))
    return pd.DataFrame(
        {
            "unit": pd.array(places, unit),
            "field": pd.array(places, field),
            "value": pd.array(values, "Int64"),
        }
    )


@pytest.mark.parametrize(
    ("kind", "failed"),
    [
        ("count", {(0, "negative"), (3, "too_large"), (4, "not_nullable")}),
        ("signed", {(3, "too_large"), (4, "not_nullable")}),
    ],
)
def test_every_figure_that_can_t_be_is_told_with_its_row(kind, failed):
    frame = figures(-3, 0, LARGEST[kind], LARGEST[kind] + 1, None)
    assert {(one.row, one.check) for one in failures(figures_schema(kind), frame)} == failed


@pytest.mark.parametrize("types", [{"unit": "int32"}, {"field": "int32"}])
def test_a_frame_of_other_types_is_a_bug_and_not_made_to_fit(types):
    with pytest.raises(SchemaErrors):
        list(failures(figures_schema("count"), figures(1, **types)))


def identity(**entries: str | None) -> pd.DataFrame:
    return pd.DataFrame({entry.key: [entries.get(entry.key, "")] for entry in FORM.entries})


def test_an_entry_fails_by_its_own_kind_alone():
    words = "长" * (MAX_TEXT + 1)
    found = list(failures(identity_schema(FORM), identity(filled_on=words, address=words)))
    told = {one.column: one.check for one in found if one.check != "filled"}
    assert told == {"filled_on": "valid", "address": "short"}
    assert len([one for one in found if one.column == "filled_on"]) == 1


def test_an_entry_that_is_no_text_at_all_is_told():
    found = failures(identity_schema(FORM), identity(address=None))
    assert "not_nullable" in {one.check for one in found if one.column == "address"}


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("scope", "应从“本单位”“本级”中选"),
        ("filled_on", "应为日期，如 2026-1-15"),
        ("address", "超过 200 字"),
    ],
)
def test_what_would_be_right_is_said(key, words):
    assert expected(FORM.entry(key)) == words
