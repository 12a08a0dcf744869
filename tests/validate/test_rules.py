"""Cross-footing as a matrix product says what plain arithmetic says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.declare.editions import load_editions
from pipeline.validate.rules import BROKEN, NOT_ASSESSABLE, PASSED, evaluate_rules, related

EDITIONS = load_editions()
LEVEL = "县级及以下"


def _judged(edition, values, known=None, prior=None, year=2024, level=LEVEL):
    width = len(edition.fields)
    row = np.array([[values.get(f.key, 0) for f in edition.fields]], np.int64)
    return evaluate_rules(
        edition,
        row,
        np.ones((1, width), bool) if known is None else known,
        np.zeros((1, width), np.int64) if prior is None else prior,
        np.full((1, width), prior is not None),
        np.array([year]),
        (level,),
    )


@pytest.mark.parametrize("key", sorted(EDITIONS))
def test_all_zero_breaks_nothing_and_last_year_cannot_be_judged(key):
    verdicts = _judged(EDITIONS[key], {})
    outcomes = {
        identity.uses_prior: verdicts.outcome[0, i]
        for i, identity in enumerate(verdicts.identities)
    }
    assert outcomes == {False: PASSED, True: NOT_ASSESSABLE}


@pytest.mark.parametrize("key", sorted(EDITIONS))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_product_equals_adding_up_by_hand(key, data):
    edition = EDITIONS[key]
    keys = [f.key for f in edition.fields]
    chosen = data.draw(st.dictionaries(st.sampled_from(keys), st.integers(-9, 99), max_size=30))
    verdicts = _judged(edition, chosen)
    for i, identity in enumerate(verdicts.identities):
        if identity.uses_prior or verdicts.rules[i].since > 2024:
            continue
        left = sum(t.coefficient * chosen.get(t.field, 0) for t in identity.left)
        right = sum(t.coefficient * chosen.get(t.field, 0) for t in identity.right)
        holds = related(verdicts.rules[i].relation, left, right + identity.constant)
        assert verdicts.outcome[0, i] == (PASSED if holds else BROKEN)


def test_an_unknown_figure_is_neither_passed_nor_failed():
    edition = EDITIONS["2021"]
    known = np.ones((1, len(edition.fields)), bool)
    at = [f.key for f in edition.fields].index("requests.received.natural_person")
    known[0, at] = False
    verdicts = _judged(edition, {"requests.received.total": 5}, known)
    subjects = {
        (verdicts.rules[i].id, verdicts.identities[i].subject): verdicts.outcome[0, i]
        for i in range(len(verdicts.identities))
    }
    assert subjects["A1", "本年新收"] == NOT_ASSESSABLE
    assert subjects["A3", "自然人"] == NOT_ASSESSABLE
    assert subjects["A3", "总计"] == BROKEN


@pytest.mark.parametrize(
    ("relation", "pairs"),
    [
        ("=", {(2, 2): True, (2, 3): False, (-1, 1): False}),
        ("<=", {(2, 2): True, (1, 2): True, (3, 2): False}),
        (">=", {(2, 2): True, (3, 2): True, (1, 2): False}),
        ("zero_together", {(0, 0): True, (1, 0): False, (0, 1): False, (1, 9): True}),
        ("requires", {(0, 0): True, (1, 0): False, (1, 1): True, (2, 1): True, (0, 1): True}),
    ],
)
def test_what_each_relation_says(relation, pairs):
    assert {pair: bool(related(relation, *pair)) for pair in pairs} == pairs


def test_a_relation_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="about"):
        related("about", 1, 1)


@pytest.mark.parametrize("key", sorted(EDITIONS))
def test_rules_across_years_take_last_years_figures(key):
    edition = EDITIONS[key]
    keys = [f.key for f in edition.fields]
    now = {field: 3 + 7 * at for at, field in enumerate(keys)}
    before = {field: 5 + 11 * at for at, field in enumerate(keys)}
    verdicts = _judged(edition, now, prior=np.array([[before[field] for field in keys]], np.int64))
    crossing = [i for i, identity in enumerate(verdicts.identities) if identity.uses_prior]
    assert crossing
    for i, identity in enumerate(verdicts.identities):
        for side, sums in ((identity.left, verdicts.left), (identity.right, verdicts.right)):
            by_hand = sum(t.coefficient * (before if t.prior else now)[t.field] for t in side)
            constant = identity.constant if side is identity.right else 0
            assert sums[0, i] == by_hand + constant


@pytest.mark.parametrize("key", sorted(EDITIONS))
def test_every_figure_of_a_rule_must_be_known(key):
    edition = EDITIONS[key]
    for at, field in enumerate(edition.fields):
        known = np.ones((1, len(edition.fields)), bool)
        known[0, at] = False
        verdicts = _judged(edition, {}, known)
        for i, identity in enumerate(verdicts.identities):
            needs = {term.field for term in identity.terms}
            if not identity.uses_prior and verdicts.rules[i].since <= 2024:
                assert (verdicts.outcome[0, i] == NOT_ASSESSABLE) == (field.key in needs)


def test_the_broken_rules_are_named_by_their_places():
    verdicts = _judged(EDITIONS["2021"], {"requests.received.total": 5})
    broken = list(verdicts.broken(0))
    assert broken
    assert broken == [i for i, found in enumerate(verdicts.outcome[0]) if found == BROKEN]


@pytest.mark.parametrize("key", sorted(EDITIONS))
def test_a_rule_binds_from_its_year_on_and_only_the_levels_it_names(key):
    edition = EDITIONS[key]
    for rule in edition.rules:
        years = [(2000, False), (rule.since - 1, False), (rule.since, True)] if rule.since else []
        levels = [("示例级", not rule.levels), *((name, True) for name in rule.levels)]
        for year, level, binds in (
            *((year, LEVEL, binds) for year, binds in years),
            *((rule.since or 2024, level, binds) for level, binds in levels),
        ):
            verdicts = _judged(edition, _breaking(rule), year=year, level=level)
            within = [i for i, one in enumerate(verdicts.rules) if one is rule]
            outcomes = {int(verdicts.outcome[0, i]) for i in within}
            wanted = {BROKEN, NOT_ASSESSABLE} if binds else {PASSED}
            assert outcomes <= wanted, (rule.id, year, level)


def _breaking(rule):
    """Figures that break every identity of a rule that doesn't look back."""
    sign = -1 if rule.relation == ">=" else 1
    figures = {term.field: 0 for identity in rule.identities for term in identity.terms}
    left = [term for identity in rule.identities for term in identity.left]
    return figures | {term.field: sign * term.coefficient * 10**13 for term in left}


def test_units_of_several_years_and_levels_are_judged_each_by_its_own():
    edition = EDITIONS["2021"]
    width = len(edition.fields)
    at = [f.key for f in edition.fields].index("disclosure.regulations.made")
    values = np.zeros((3, width), np.int64)
    values[:, at] = 1
    known, none = np.ones((3, width), bool), np.zeros((3, width), bool)
    levels = (LEVEL, "省级", LEVEL)
    verdicts = evaluate_rules(
        edition, values, known, values, none, np.array([2024, 2024, 2021]), levels
    )
    broken = [{verdicts.rules[i].id for i in verdicts.broken(unit)} for unit in range(3)]
    assert ["C4" in found for found in broken] == [True, False, True]
