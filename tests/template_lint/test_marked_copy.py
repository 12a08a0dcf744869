"""The faults of an edited template come back as comments at its paragraphs."""

import io
import shutil

from docx import Document

from pipeline.cli.main import main
from pipeline.ooxml.validity import faults as package_faults
from pipeline.template_lint.fault import a_warning, an_error
from pipeline.template_lint.marked_copy import AUTHOR, mark_template
from pipeline.word.template_choice import template_files
from tests.support.paths import TEMPLATES

SHIPPED = TEMPLATES / "年报.docx"
FAULTS = (
    an_error("正文“{{ 段 }}”一段", "示例的错误"),
    a_warning("页眉“{{ 草稿 }}”一段", "示例的警告"),
    an_error("", "整个文件的错误"),
)


def comments(content: bytes, before: bytes | None = None) -> dict[str, str]:
    """Each comment's text, and the paragraph that it is of; ``before`` is what may have faults."""
    known = package_faults(before) if before is not None else []
    assert [fault for fault in package_faults(content) if fault not in known] == []
    document = Document(io.BytesIO(content))
    anchors = {
        start.get(start.tag.replace("commentRangeStart", "id")): "".join(
            text.text
            for text in start.getparent().iter(start.tag.replace("commentRangeStart", "t"))
        )
        for start in document.element.body.iter("{*}commentRangeStart")
    }
    assert {comment.author for comment in document.comments} <= {AUTHOR, "示例"}
    return {comment.text: anchors[str(comment.comment_id)] for comment in document.comments}


def test_each_fault_is_a_comment_at_its_paragraph():
    assert comments(mark_template(SHIPPED.read_bytes(), FAULTS)) == {
        "错误　示例的错误": "{{ 段 }}",
        "警告　页眉“{{ 草稿 }}”一段：示例的警告": "{{ 分行标题 }}",
        "错误　整个文件的错误": "{{ 分行标题 }}",
    }


def test_the_offices_own_comments_stay():
    document = Document(str(SHIPPED))
    document.add_comment(document.paragraphs[0].runs, text="自己的批注", author="示例")
    saved = io.BytesIO()
    document.save(saved)
    told = comments(mark_template(saved.getvalue(), FAULTS[:1]), saved.getvalue())
    assert told["自己的批注"] == "{{ 分行标题 }}"
    assert told["错误　示例的错误"] == "{{ 段 }}"


def test_the_command_writes_a_marked_copy_that_is_no_template(tmp_path, capsys):
    path = tmp_path / "年报.docx"
    document = Document(str(SHIPPED))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace("{{ 落款.单位 }}", "{{ 落款.单 }}")
    document.save(str(path))
    before = path.read_bytes()
    assert main(["template", str(path)]) == 1
    copy = tmp_path / "标出问题　年报.docx"
    assert str(copy) in capsys.readouterr().out
    assert path.read_bytes() == before
    marked = comments(copy.read_bytes())
    assert set(marked.values()) == {"{{ 落款.单 }}"}
    assert all("是不是“落款.单位”" in text for text in marked)
    assert template_files(tmp_path).names == {"年报": "年报.docx"}
    path.write_bytes(b"no template")
    copy.unlink()
    assert main(["template", str(path)]) == 1
    assert not copy.exists()
    shutil.copy(SHIPPED, path)
    assert main(["template", str(path)]) == 0
    assert not copy.exists()
