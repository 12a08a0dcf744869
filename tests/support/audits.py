"""Published reports that the tests of audit and import share."""

import json
import re

from pipeline.audit.audit import audit
from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from tests.support.paths import DATA
from tests.support.published_pages import html_table

EDITIONS = load_editions()


FORM = workbook_form()


KEPT = json.loads((DATA / "published-reports.json").read_text("utf-8"))


REAL, PROSE_ONLY = KEPT["reports"], KEPT["prose_only"]


TITLES = {
    "overview": "一、总体情况",
    "disclosure": "二、主动公开政府信息情况",
    "requests": "三、收到和处理政府信息公开申请情况",
    "disputes": "四、政府信息公开行政复议、行政诉讼情况",
    "problems": "五、存在的主要问题及改进情况",
    "other": "六、其他需要报告的事项",
}


PROBLEMS = "公开的主动性有待增强，解读形式较为单一；下一步将加强培训，丰富形式。"


def cells(line: str) -> list[str]:
    return ["" if cell == "." else cell for cell in line.split()]


def figures_of(real: dict) -> dict[str, str]:
    """The cells of a real report by field, each table as it is laid out there."""
    edition = EDITIONS[real["edition"]]
    found: dict[str, str] = {}
    for label, line in real["table2"].items():
        row = [f for f in edition.table("disclosure").fields if f.row[-1].label == label]
        found |= {f.key: text for f, text in zip(row, cells(line), strict=True)}
    if "table3" in real:
        fields = EDITIONS[real["layout3"]].table("requests").fields
        texts = [text for line in real["table3"] for text in cells(line)]
        found |= {f.key: text for f, text in zip(fields, texts, strict=True)}
    if "table4" in real:
        fields = edition.table("disputes").fields
        found |= {f.key: t for f, t in zip(fields, cells(real["table4"]), strict=True)}
    return found


def published(real: dict) -> str:
    """A real report's page, as far as it was at hand."""
    found = figures_of(real)
    edition = EDITIONS[real["edition"]]
    titles = dict(TITLES)
    if real["id"] == "stcsm-2024":  # its statutory parts are numbered one too low
        shifted = list("一二三四五")
        for key, number in zip(list(TITLES)[1:], shifted, strict=True):
            titles[key] = number + TITLES[key][1:]
    if real["id"] == "shuyang-fgj-2023":
        titles["problems"] = "五、存在的主要问题及整改措施"
    told = [f"<h1>{real['title']}</h1>"]
    if "overview" in real or real["id"] == "yayao-2020":
        told.append(f"<p>{titles['overview']}</p>")
    told += [f"<p>{line}</p>" for line in real.get("overview", "").split("\n") if line]
    if real["id"] == "xiashihao-2022":
        told += ["<p>第一，主动公开。公开292条。</p><p>第二，依申请公开。没有收到。</p>"]
    for key, name in (("disclosure", "table2"), ("requests", "table3"), ("disputes", "table4")):
        if name not in real:
            continue
        layout = EDITIONS[real["layout3"]] if key == "requests" else edition
        told.append(f"<p>{titles[key]}</p>")
        if real["id"] == "nileke-town-2023":
            told.append("<p>该部分以表格形式报告。表格如下：</p>")
        told.append(html_table(layout.table(key), lambda f: found[f.key]))
    html = "\n".join(told)
    if real["id"] == "hongze-2023":
        html = html.replace("2.其他法律行政法规禁止公开", "2.其他法律行政止公开")
    for label, line in real.get("extra", {}).items():
        row = "".join(f"<td>{cell}</td>" for cell in (label, *cells(line)))
        html = re.sub(r"(<tr><td>规范性文件.*?</tr>)", rf"\g<1><tr>{row}</tr>", html)
    if "other" in real or real["complete"]:
        html += f"<p>{titles['problems']}</p><p>{PROBLEMS}</p>"
        html += f"<p>{titles['other']}</p><p>{real.get('other', '无')}</p>"
    return f"<html><body>{html}</body></html>"


def beginning(real: dict, change: tuple[str, str] = ("", "")) -> str:
    """The beginning of a page whose tables are elsewhere."""
    told = real["overview"].replace(*change) if change[0] else real["overview"]
    return f"<html><body><h1>{real['title']}</h1><p>一、总体情况</p><p>{told}</p></body></html>"


def told(report, prior=None) -> list[tuple[str, str]]:
    found = audit(report, prior, EDITIONS, FORM).problems
    return [(p.rule, p.message) for p in found if p.severity != "notice"]
