"""What a template prints where nobody sees it, leaves unfilled, or fetches from elsewhere."""

import shutil
import time

import pytest

from pipeline.declare.editions import load_editions
from pipeline.ooxml.packing import packed, stored
from pipeline.ooxml.parts import CONTENT_TYPES, read_parts, relationships_part
from pipeline.template_lint.check import check_template
from pipeline.template_lint.limits import LimitExceeded, call_within_limits
from tests.support.paths import TEMPLATES

EDITIONS = load_editions()
MAIN, STYLES = "word/document.xml", "word/styles.xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def edited(tmp_path, name="年报.docx", **changes):
    """A template with changed or added parts: by ``main`` and ``styles`` (old, new), or whole."""
    parts = dict(read_parts((TEMPLATES / name).read_bytes()))
    for part, key in ((MAIN, "main"), (STYLES, "styles")):
        if key in changes:
            old, new = changes.pop(key)
            assert old.encode() in parts[part]
            parts[part] = parts[part].replace(old.encode(), new.encode())
    for kind, (part, content, external) in changes.items():
        links = relationships_part(MAIN)
        mode = ' TargetMode="External"' if external else ""
        link = f'<Relationship Id="x{kind}" Type="{OFFICE}/{kind}" Target="{part}"{mode}/>'
        parts[links] = parts[links].replace(b"</Rel", f"{link}</Rel".encode())
        if not external:
            parts[f"word/{part}"] = content.encode()
            override = f'<Override PartName="/word/{part}" ContentType="application/xml"/>'
            parts[CONTENT_TYPES] = parts[CONTENT_TYPES].replace(
                b"</Types>", f"{override}</Types>".encode()
            )
    path = tmp_path / name
    path.write_bytes(packed([stored(*part) for part in parts.items()]))
    return path


def messages(path) -> list[str]:
    report = check_template(path, EDITIONS)
    return [
        f"{fault.place} {fault.message}" for fault in report.faults if fault.severity == "error"
    ]


FIGURE = '<w:pStyle w:val="TableFigure"/><w:keepNext/></w:pPr><w:r>'
HIDDEN = FIGURE + "<w:rPr><w:{}/></w:rPr>"
STYLE = '<w:style w:type="paragraph" w:customStyle="1" w:styleId="TableFigure">'


@pytest.mark.parametrize(
    "changes",
    [
        {"main": (FIGURE, HIDDEN.format("vanish"))},
        {"main": (FIGURE, HIDDEN.format("strike"))},
        {"main": (FIGURE, HIDDEN.format('rStyle w:val="TableFigure"'))},
    ],
    ids=["hidden", "struck out", "no such style"],
)
def test_a_tag_that_no_page_shows_is_an_error(changes, tmp_path):
    told = messages(edited(tmp_path, **changes))
    if "rStyle" in changes["main"][1]:
        assert not any("看不见" in message for message in told)
    else:
        assert told
        assert all("格.文字" in message and "看不见" in message for message in told)


def test_a_style_that_hides_is_an_error(tmp_path):
    edge = '<w:name w:val="公文表格"/><w:basedOn w:val="TableNormal"/>'
    path = edited(tmp_path, styles=(edge, f"{edge}<w:rPr><w:vanish/></w:rPr>"))
    told = messages(path)
    assert told
    assert all("看不见" in message for message in told)


@pytest.mark.parametrize(
    ("tag", "raw"), [("{{ 段 }}", "{{r 段 }}"), ("{{ 格.文字 }}", "{{r 格.文字 }}")]
)
def test_text_without_a_run_is_an_error(tag, raw, tmp_path):
    told = messages(edited(tmp_path, main=(tag, raw)))
    assert told
    assert all(f"请写成“{tag}”" in message for message in told)


@pytest.mark.parametrize(
    ("kind", "part", "place"),
    [
        ("endnotes", "endnotes.xml", "尾注"),
        ("comments", "comments.xml", "批注"),
        ("diagramData", "diagrams/data1.xml", "SmartArt 图形"),
    ],
)
def test_a_tag_where_nothing_is_filled_in_is_an_error(kind, part, place, tmp_path):
    content = "<x>{{ 单<b/>位 }}</x>"
    (told,) = messages(edited(tmp_path, **{kind: (part, content, False)}))
    assert told.startswith(f"{place} 标签“{{{{ 单位 }}}}”写在{place}里")


@pytest.mark.parametrize("target", ["http://host/{{ 单位 }}", "http://host/%7B%7B%20单位%20%7D%7D"])
def test_a_tag_in_a_link_is_an_error(target, tmp_path):
    (told,) = messages(edited(tmp_path, hyperlink=(target, "", True)))
    assert "{{ 单位 }}”写在链接地址里" in told


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("image", "http://host/picture.png"),
        ("attachedTemplate", "http://host/normal.dotm"),
        ("attachedTemplate", "//host/share/normal.dotm"),
        ("attachedTemplate", "file:////host/share/normal.dotm"),
        ("frame", "page.html"),
    ],
)
def test_what_is_fetched_from_elsewhere_is_an_error(kind, target, tmp_path):
    (told,) = messages(edited(tmp_path, **{kind: (target, "", True)}))
    assert f"模板引用了文件以外的内容（{target}）" in told


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("hyperlink", "http://host/"),
        ("attachedTemplate", "file:///C:\\Users\\示例\\Normal.dotm"),
        ("attachedTemplate", "Normal.dotm"),
    ],
)
def test_what_stays_a_link_or_does_not_go_out_is_fine(kind, target, tmp_path):
    assert messages(edited(tmp_path, **{kind: (target, "", True)})) == []


def field(*codes: str) -> str:
    runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{x}"/></w:r>' for x in ("begin", "end"))
    return f"<w:p>{begin}{runs}{end}</w:p>"


@pytest.mark.parametrize(
    "xml",
    [
        field(' DDEAUTO c:\\\\x "y"'),
        field(" INCLUDE", "PICTURE http://host/x.png"),
        '<w:p><w:fldSimple w:instr=" includetext x.docx "/></w:p>',
    ],
)
def test_a_field_that_fetches_is_an_error(xml, tmp_path):
    told = messages(edited(tmp_path, main=("<w:body>", f"<w:body>{xml}")))
    assert any("会在打开年报时去取文件以外的内容" in message for message in told)


def test_a_field_that_fetches_nothing_is_fine(tmp_path):
    path = edited(tmp_path, main=("<w:body>", f"<w:body>{field(' PAGE ')}{field(' DATE ')}"))
    assert messages(path) == []


BOMBS = (
    "{% set ns = namespace(t='x' * 999) %}{% for a in 引言 %}{% for i in range(99) %}"
    "{% set ns.t = ns.t ~ ns.t %}{% endfor %}{% endfor %}",
    "{% set ns = namespace(n=0) %}"
    + "{% for a in range(99) %}" * 5
    + "{% set ns.n = a + 1 %}"
    + "{% endfor %}" * 5,
    "{{ (('x' * 9999)|replace('x', 'y' * 9999))|replace('y', 'z' * 9999) }}",
)


@pytest.mark.parametrize("bomb", BOMBS, ids=["doubling", "nested", "replacing"])
def test_a_template_that_takes_too_much_is_an_error_and_stops(bomb, tmp_path, monkeypatch):
    monkeypatch.setattr(call_within_limits, "__kwdefaults__", {"seconds": 3, "memory": 1 << 28})
    path = edited(tmp_path, main=("{{ 分行标题 }}", f"{{{{ 分行标题 }}}}{bomb}"))
    began = time.monotonic()
    (told,) = messages(path)
    assert "用样例试填时" in told
    assert time.monotonic() - began < 20


def _double(value: int) -> int:
    return 2 * value


def _grow(_value: int) -> int:
    return len(bytearray(1 << 40))


def _end(_value: int) -> int:
    raise SystemExit(7)


def test_a_call_within_limits_gives_its_result():
    assert call_within_limits(_double, 21) == 42


@pytest.mark.parametrize(
    ("function", "value", "reason"),
    [(time.sleep, 60, "1 秒"), (_grow, 0, "内存"), (_end, 0, "内存")],
)
def test_a_call_beyond_its_limits_is_ended(function, value, reason):
    with pytest.raises(LimitExceeded, match=reason):
        call_within_limits(function, value, seconds=1, memory=1 << 28)


def test_a_template_that_works_nothing_out_is_tried_at_once(monkeypatch):
    monkeypatch.setattr(
        "pipeline.template_lint.check.call_within_limits", lambda *_: pytest.fail("a process")
    )
    for name in ("年报.docx", "图解.docx"):
        assert messages(TEMPLATES / name) == []


def test_a_template_whose_main_part_has_another_name_is_usable(tmp_path):
    parts = dict(read_parts((TEMPLATES / "年报.docx").read_bytes()))
    other = {
        name.replace("document.xml", "document2.xml"): content.replace(
            b"word/document.xml", b"word/document2.xml"
        )
        for name, content in parts.items()
    }
    path = tmp_path / "年报.docx"
    path.write_bytes(packed([stored(*part) for part in other.items()]))
    assert messages(path) == []
    shutil.copy(path, tmp_path / "汇总年报.docx")
    assert messages(tmp_path / "汇总年报.docx") == []


@pytest.mark.parametrize(
    "tag",
    [
        "{{ 章['标' ~ '提'] }}",
        "{% set 值 = 章 %}{{ 值.标提 }}",
        "{% for 对 in 章|items %}{{ 对.x }}{% endfor %}",
    ],
)
def test_a_name_that_stands_for_nothing_is_an_error_however_it_is_reached(tag, tmp_path):
    (told,) = messages(edited(tmp_path, main=("{{ 章.标题 }}", tag)))
    assert "用样例试填时出错" in told
