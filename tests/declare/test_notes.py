"""The notes beside the rows of table three: each row has its own, from the article it rests on."""

import re

import pytest

from tests.support.districts import EDITIONS

ARTICLES = {
    "received": "第三十一条",
    "carried_in": "第三十三条",
    "results.granted": "第三十六条第一、二项",
    "results.partly": "第三十七条",
    "results.refused.state_secret": "第十四条",
    "results.refused.law_forbids": "第十四条",
    "results.refused.stability": "第十四条",
    "results.refused.third_party": "第十五条",
    "results.refused.internal_affairs": "第十六条第一款",
    "results.refused.deliberative": "第十六条第二款",
    "results.refused.enforcement_file": "第十六条第二款",
    "results.refused.query": "第三十六条第七项",
    "results.unavailable.not_held": "第三十六条第四、五项",
    "results.unavailable.must_create": "第三十八条",
    "results.unavailable.still_unclear": "第三十条",
    "results.not_processed.complaint": "第三十九条第一款",
    "results.not_processed.repeated": "第三十六条第六项",
    "results.not_processed.publication": "第三十九条第二款",
    "results.not_processed.excessive": "第三十五条",
    "results.other.not_supplemented": "第三十条",
    "results.other.not_paid": "第四十二条",
    "carried_out": "第三十三条",
}
"""《政府信息公开条例》 (2019): the article that each row rests on."""

NO_ARTICLE = {"results.not_processed.reissue", "results.other", "results.other.other"}


def rows(edition):
    [block] = edition.table("requests").blocks
    return {".".join(node.key for node in path): path for path in block.row_leaves}


@pytest.mark.parametrize("key", EDITIONS)
def test_each_row_of_table_three_has_its_own_note_from_the_statute(key):
    for name, path in rows(EDITIONS[key]).items():
        if path[-1].total:
            continue
        note = path[-1].note
        assert note, name
        cited = re.findall(r"《条例》(第[^）；，、]*条(?:第[一二三四五六七、]+[款项])?)", note)
        if name in NO_ARTICLE:
            assert not cited, name
            assert "没有专条" in note
        elif name in ARTICLES:
            assert cited == [ARTICLES[name]], name


@pytest.mark.parametrize("key", EDITIONS)
def test_no_row_shows_the_note_of_another(key):
    for table in EDITIONS[key].tables:
        for block in table.blocks:
            for path in block.row_leaves:
                assert not any(node.note for node in path[:-1]), path[-1].label
    leaves = [path[-1].note for path in rows(EDITIONS[key]).values() if not path[-1].total]
    assert len(set(leaves)) == len(leaves)
