"""Sums are exact, and say how many units they are of."""

from __future__ import annotations

from dataclasses import replace

from pipeline.aggregate.child_levels import ChildTotals
from pipeline.aggregate.totals import add_up, added_facts
from pipeline.model.place import Place
from pipeline.model.submission import Fact, Submission
from tests.support.districts import EDITIONS

EDITION = EDITIONS["2021"]
OWN = "本级"


def unit(name: str, first: int, scope: str = "") -> Submission:
    values = tuple(first + at for at in range(len(EDITION.fields)))
    identity = {"unit": name, "county": "示例区", "scope": scope}
    return Submission(source=name, sha256="", year=2024, identity=identity, values=values)


def test_units_and_the_levels_below_are_added_up():
    below = ChildTotals(sums=unit("示例县", 10**12), reporting=5, reported=6)
    members = [unit("示例镇", 1), unit("示例区本级", 20, OWN)]
    county = add_up("示例区", 2024, EDITION, members, OWN, [below])
    assert county.reporting == 7
    assert list(county.sums.values()) == [10**12 + 21 + 3 * at for at in range(len(EDITION.fields))]
    assert [member.unit for member in county.members] == ["示例县", "示例镇", "示例区本级"]
    assert county.by_unit[1] == dict(zip(EDITION.by_key, members[0].values, strict=True))
    assert county.own == members[1]


def test_a_level_with_two_workbooks_of_its_own_has_none():
    twice = [unit("一", 1, OWN), replace(unit("二", 2, OWN), source="二.xlsx")]
    assert add_up("示例区", 2024, EDITION, twice, OWN).own is None
    assert add_up("示例区", 2024, EDITION, [unit("一", 1)], OWN).own is None


def test_counted_facts_are_added_up_by_channel_and_category():
    def fact(channel: str, category: str, count: int) -> Fact:
        return Fact(channel=channel, category=category, count=count, place=Place("统计", "B2"))

    members = [
        replace(unit("一", 1), facts=(fact("网站", "文件", 3), fact("公众号", "文件", 40))),
        replace(unit("二", 1), facts=(fact("网站", "文件", 5), fact("网站", "其他", 1))),
    ]
    added = {(one.channel, one.category): one.count for one in added_facts(members)}
    assert added == {("网站", "文件"): 8, ("公众号", "文件"): 40, ("网站", "其他"): 1}
    assert {one.place for one in added_facts(members)} == {Place("", "")}, "of no one cell"
    assert added_facts([]) == ()
