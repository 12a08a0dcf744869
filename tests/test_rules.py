"""Cross-footing as a matrix product says what plain arithmetic says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.checking.rules import BROKEN, NOT_ASSESSABLE, PASSED, judge, related
from pipeline.edition_declaring import load_editions

EDITIONS = load_editions()
LEVEL = "县级及以下"


def _judged(edition, values, known=None, prior=None):
    width = len(edition.fields)
    row = np.array([[values.get(f.key, 0) for f in edition.fields]], np.int64)
    return judge(
        edition,
        row,
        np.ones((1, width), bool) if known is None else known,
        np.zeros((1, width), np.int64) if prior is None else prior,
        np.full((1, width), prior is not None),
        np.array([2024]),
        (LEVEL,),
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
