"""内容雷同: repeated prose is found whatever its figures, other prose is left alone."""

from pipeline.model.place import Place
from pipeline.model.submission import Passage, Submission
from pipeline.validate.similarity import repeats

OWN = (
    "示例镇坚持把政务公开作为推进法治政府建设的重要抓手，全年发布各类政府信息120条。"
    "健全完善信息发布审查机制，严格落实先审查后公开的要求；定期排查网站专栏，及时更新维护栏目内容。",
    "进一步加强业务培训，全年组织专题培训3次，参训人员60人次，公开队伍的业务能力有了明显的提升。"
    "主动接受社会监督，畅通群众意见反映的渠道，认真办理每一件依申请公开事项。",
)
OTHER = (
    "面对机构改革后职能调整的实际，各科室逐项梳理权责清单，把涉及企业群众办事的事项全部上网。",
    "窗口设立政策咨询岗，由熟悉业务的同志轮流值守，现场答疑，并把高频问题整理成问答发布在公众号上，"
    "阅读量比往年明显提高，群众反映看得懂、找得到、用得上，来电咨询的数量也随之减少。",
)


def unit(name, paragraphs, year=2024, section="overview"):
    place = Place("总体情况", "C8")
    told = Passage(section=section, part="x", heading="", paragraphs=paragraphs, place=place)
    return Submission(
        source=f"{name}.xlsx",
        sha256="",
        edition="2021",
        year=year,
        identity={"unit": name, "county": "示例区"},
        passages=(told,),
    )


def whose(units, before=None, threshold=60):
    before = before or [None] * len(units)
    found = repeats(units, before, {"2021": "introduction"}, threshold)
    return [[(one.unit, one.year, one.percent) for one in mine] for mine in found]


def renamed(paragraphs):
    return tuple(p.replace("示例镇", "样例乡").replace("120", "96") for p in paragraphs)


def test_the_same_prose_with_other_figures_and_names_is_repeated():
    units = [unit("示例镇", OWN), unit("样例乡", renamed(OWN)), unit("示例局", OTHER)]
    assert whose(units) == [[("样例乡", 2024, 100)], [("示例镇", 2024, 100)], []]


def test_a_units_own_last_year_is_compared():
    now = unit("示例镇", (OWN[0], OTHER[1]))
    then = unit("示例镇", OWN, year=2023)
    [[(name, year, percent)]] = whose([now], [then], threshold=40)
    assert (name, year) == ("示例镇", 2023)
    assert 40 <= percent <= 60
    assert whose([now], [then], threshold=61) == [[]]


def test_passages_are_set_side_by_side():
    units = [unit("示例镇", OWN), unit("样例乡", tuple(reversed(renamed(OWN))))]
    [first, _] = repeats(units, [None, None], {})
    assert [pair.own for pair in first[0].pairs] == list(OWN)
    assert [pair.other for pair in first[0].pairs] == list(renamed(OWN))


def test_little_prose_and_introductions_say_nothing():
    assert whose([unit("示例镇", ("无",)), unit("样例乡", ("无",))]) == [[], []]
    prescribed = [unit(n, OWN, section="introduction") for n in ("示例镇", "样例乡")]
    assert whose(prescribed) == [[], []]


def test_other_counties_are_not_compared():
    here = unit("示例镇", OWN)
    there = Submission(
        source="x",
        sha256="",
        edition="2021",
        year=2024,
        identity={"unit": "示例镇", "county": "样例县"},
        passages=here.passages,
    )
    assert whose([here, there]) == [[], []]
