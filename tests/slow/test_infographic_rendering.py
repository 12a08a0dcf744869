"""The 图解 as programs show it: one A4 page in LibreOffice with all its text, one picture as PNG."""

import struct
import subprocess
import zlib
from dataclasses import replace

import pytest

from pipeline.infographic.content import unit_infographic
from pipeline.infographic.png import png
from pipeline.infographic.svg import infographic_svg
from pipeline.infographic.word import infographic_docx
from tests.support.infographics import CASES, EDITION, TEMPLATE, WANGDIAN, with_identity
from tests.support.rendering import converted, pages_of

pytestmark = pytest.mark.slow

LONG = unit_infographic(
    with_identity(WANGDIAN, unit="示例省示例市示例区示例街道综合行政执法和公共服务办公室（示例）"),
    EDITION,
    [],
)
PAGES = {
    **CASES,
    "long name": LONG,
    "draft": replace(LONG, draft=f"草稿（未齐：{'示例镇、' * 12}）"),
}


@pytest.mark.parametrize("content", PAGES.values(), ids=PAGES)
def test_it_is_one_page_with_all_its_text(content, tmp_path):
    path = tmp_path / "infographic.docx"
    path.write_bytes(infographic_docx(content, TEMPLATE))
    (page,) = pages_of(converted(path, "pdf", tmp_path))
    for figure in content.headlines:
        assert figure.value in page
        assert f"{figure.label}（{figure.unit}）" in page
    for figure in content.others:
        assert figure.label in page
        assert f"{figure.value}{figure.unit}" in page
    for picture in content.pictures:
        assert picture.title in page
        if picture.empty:
            assert picture.nothing in page
        elif picture.chart.kind == "parts":
            assert all(f"{bar.label}{bar.shown}{picture.unit}" in page for bar in picture.bars)
    size = subprocess.run(
        ["pdfinfo", str(path.with_suffix(".pdf"))], check=True, capture_output=True, text=True
    )
    assert "(A4)" in size.stdout


@pytest.mark.parametrize("name", ["county", "zero"])
def test_the_picture_is_drawn_with_its_text(name):
    drawn = infographic_svg(CASES[name])
    made = png(drawn)
    assert png(drawn) == made
    width, height = struct.unpack(">II", made[16:24])
    assert width == 2 * 794
    assert abs(height - 2 * int(drawn.split('height="')[1].split('"')[0])) <= 1
    # Without the words it would be another picture.
    plain = png(drawn.replace(CASES[name].title, "").replace("主要数字", ""))
    assert zlib.crc32(plain) != zlib.crc32(made)
