"""Tables three and four, counted from requests."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.declare.editions import load_editions
from pipeline.declare.ledger import applicants, ledger_form, results
from pipeline.ledger.counting import counted
from pipeline.model.edition import dotted
from pipeline.model.ledger import Course, Request

EDITIONS = load_editions()
COUNTING = ledger_form().counting
YEAR = 2024


def day(text):
    return datetime.date.fromisoformat(text)


def request(received, answered=None, result="results.granted", **more):
    course = Course(received=day(received), answered=day(answered) if answered else None)
    return Request(number="1", applicant="natural_person", course=course, result=result, **more)


def figures(*requests):
    behind = counted(requests, YEAR, EDITIONS["2021"], COUNTING)
    return {key: len(found) for key, found in behind.items() if found}


@pytest.mark.parametrize(
    ("received", "answered", "rows"),
    [
        ("2024-03-01", "2024-03-20", ["received", "results.granted", "results.total"]),
        ("2024-12-31", "2025-01-10", ["received", "carried_out"]),
        ("2024-12-31", None, ["received", "carried_out"]),
        ("2023-12-20", "2024-01-01", ["carried_in", "results.granted", "results.total"]),
        ("2023-12-20", None, ["carried_in", "carried_out"]),
        ("2023-12-01", "2023-12-31", []),
        ("2025-01-01", None, []),
    ],
)
def test_where_a_request_counts(received, answered, rows):
    cells = {f"requests.{row}.{column}" for row in rows for column in ("natural_person", "total")}
    assert figures(request(received, answered)) == dict.fromkeys(cells, 1)


def test_an_old_request_counts_in_table_four_alone():
    told = figures(request("2022-03-01", "2022-03-20", disputes=("review.upheld",)))
    assert told == {"disputes.review.upheld": 1, "disputes.review.total": 1}


def test_a_result_of_another_edition_is_refused():
    with pytest.raises(ValueError, match="no field"):
        figures(request("2024-03-01", "2024-03-20", result="results.other"))


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=list(EDITIONS))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_counted_always_balances(edition, data):
    days = st.dates(datetime.date(2023, 1, 1), datetime.date(2025, 12, 31))
    made = data.draw(
        st.lists(
            st.builds(
                Request,
                number=st.just("1"),
                applicant=st.sampled_from([dotted(p) for p in applicants(edition, COUNTING)]),
                course=st.builds(Course, received=days, answered=st.none() | days),
                result=st.sampled_from([dotted(p) for p in results(edition, COUNTING)]),
            ),
            max_size=12,
        )
    )
    counts = {k: len(v) for k, v in counted(made, YEAR, edition, COUNTING).items()}
    balance = next(rule for rule in edition.rules if rule.id == "A3")
    for identity in balance.identities:
        left, right = (
            sum(term.coefficient * counts[term.field] for term in side)
            for side in (identity.left, identity.right)
        )
        assert left == right
