"""Charts as SVG: every figure is there as text, and nothing that somebody types breaks one."""

from dataclasses import replace
from fractions import Fraction

import pytest
from lxml import etree

from pipeline.aggregate.charts import Picture, pictures
from pipeline.aggregate.totals import add_up
from pipeline.charts.svg import STYLE, drawing, svg, text_width, wrapped
from tests.support.districts import EDITIONS
from tests.support.svg import COUNTY, MEMBERS

SVG = "{http://www.w3.org/2000/svg}"
PRIOR = add_up("秀洲区", 2019, EDITIONS["2019"], MEMBERS[:7], "本级")
PICTURES = {picture.chart.key: picture for picture in pictures(COUNTY, [PRIOR])}


def tree(picture: Picture, width: float = 520):
    return etree.fromstring(svg(picture, width=width, name="t"))


def said(made) -> list[str]:
    return ["".join(x.itertext()) for x in made.iter(f"{SVG}text")]


def shapes(made, style: str) -> list:
    return [x for x in made.iter(f"{SVG}rect", f"{SVG}path") if x.get("class") == style]


@pytest.mark.parametrize("key", PICTURES)
@pytest.mark.parametrize("width", [240, 520, 900])
def test_every_figure_is_there_as_text(key, width):
    picture = PICTURES[key]
    made = tree(picture, width)
    words = said(made)
    for bar in picture.bars:
        for value in bar.by_year.values() or [bar.value]:
            assert bar.printed(value) in words
    title, desc = made.find(f"{SVG}title"), made.find(f"{SVG}desc")
    assert title.text == picture.title
    assert all(f"{bar.label} " in desc.text for bar in picture.bars)
    assert made.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]


@pytest.mark.parametrize("key", PICTURES)
@pytest.mark.parametrize("width", [240, 520, 900])
def test_nothing_reaches_beyond_the_drawing(key, width):
    made = tree(PICTURES[key], width)
    height = float(made.get("height"))
    for rect in made.iter(f"{SVG}rect"):
        x, y, w, h = (float(rect.get(k)) for k in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + w <= width + 0.1
        assert y + h <= height + 0.1
    for words in made.iter(f"{SVG}text"):
        length = text_width("".join(words.itertext()), float(words.get("font-size")))
        left = float(words.get("x"))
        left -= {"end": length, "middle": length / 2}.get(words.get("text-anchor"), 0)
        assert left > -6
        assert left + length < width + 6
        assert float(words.get("y")) <= height


def test_bars_are_as_long_as_their_figures():
    picture = PICTURES["units"]
    lengths = [float(x.get("width")) for x in shapes(tree(picture), "chart-1")]
    values = [bar.value for bar in picture.bars]
    assert lengths[0] == max(lengths)
    for length, value in zip(lengths, values, strict=True):
        assert length == pytest.approx(lengths[0] * value / values[0], abs=1.1)


def test_a_part_of_nothing_has_no_slice_and_the_only_part_is_a_whole_ring():
    picture = PICTURES["outcomes"]
    bars = tuple(
        replace(bar, value=0 if at else 3, share=Fraction(int(not at)))
        for at, bar in enumerate(picture.bars)
    )
    made = tree(replace(picture, bars=bars))
    assert len(list(made.iter(f"{SVG}path"))) == 1
    assert "100.0%" in said(made)


def test_more_parts_than_colours_are_bars():
    picture = PICTURES["outcomes"]
    made = tree(replace(picture, bars=(*picture.bars, picture.bars[0])))
    assert not list(made.iter(f"{SVG}path"))
    assert any("%" in words for words in said(made))


def test_several_years_have_a_column_each_and_a_gap_where_nothing_is_known():
    picture = PICTURES["years"]
    years = (2017, 2018, 2019, 2020)
    bars = tuple(replace(bar, by_year={2017: 1, **bar.by_year}) for bar in picture.bars)
    words = said(tree(replace(picture, years=years, bars=bars)))
    assert [words.count(str(year)) for year in years] == [len(bars)] * 4
    assert words.count("—") == len(bars)


@pytest.mark.parametrize("key", PICTURES)
def test_all_zero_is_said_in_words(key):
    picture = PICTURES[key]
    zero = tuple(
        replace(bar, value=0, by_year=dict.fromkeys(bar.by_year, 0)) for bar in picture.bars
    )
    made = tree(replace(picture, bars=zero))
    assert said(made) == [replace(picture, bars=zero).nothing]
    assert not list(made.iter(f"{SVG}rect", f"{SVG}path"))


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>&\"'", "a\x00\x0b\ud800]]>", "😀" * 90]
)
def test_a_name_that_somebody_typed_is_text(typed):
    picture = PICTURES["units"]
    first = replace(picture.bars[0], label=typed)
    made = tree(replace(picture, bars=(first, *picture.bars[1:])))
    allowed = {"svg", "title", "desc", "text", "rect"}
    assert {etree.QName(x).localname for x in made.iter()} == allowed
    assert said(made)[0][0] == typed[0]


def test_a_drawing_is_the_same_each_time():
    made = [drawing(PICTURES["outcomes"], width=500).body for _ in range(2)]
    assert made[0] == made[1]


def test_the_style_has_every_class_that_a_chart_uses():
    used = {x.get("class") for p in PICTURES.values() for x in tree(p).iter() if x.get("class")}
    assert all(f".{name}{{" in STYLE for name in used - {"chart"})


def test_a_long_name_is_broken_then_cut():
    assert wrapped("示例街道办事处", 40, 10) == ["示例街道", "办事处"]
    assert wrapped("示例街道办事处", 20, 10) == ["示例", "街…"]
