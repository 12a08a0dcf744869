"""The command ``template``: checks Word templates before use and lists the fields they may use."""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.parser import Commands
from pipeline.text.figures import truncate

if TYPE_CHECKING:
    from pipeline.model.county_outcome import CountyOutcome
    from pipeline.model.edition import Edition
    from pipeline.model.settings import Settings
    from pipeline.model.unit_outcome import UnitOutcome
    from pipeline.template_lint.check import TemplateReport

CHECKED, FAULTY = 0, 1
_SEVERITIES = {"error": "错误", "warning": "警告"}


def add_template_command(commands: Commands) -> None:
    """The parser of the command."""
    template = commands.add_parser("template", help="检查改过的 Word 模板，列出能用的字段")
    template.add_argument(
        "files", nargs="*", type=Path, metavar="文件", help="模板；不写则检查全部模板"
    )
    template.add_folder("templates")
    template.set_defaults(command=_template)


def _template(options: argparse.Namespace) -> int:
    from pipeline.declare.editions import load_editions
    from pipeline.template_lint.check import check_template
    from pipeline.word.template_choice import of_infographic, template_files

    editions = load_editions()
    usable = True
    # By whether it is a template of the 图解, which has fields of its own.
    used: dict[bool, set[str]] = {}
    files = template_files(options.templates)
    for path in options.files or files.all(files.infographics):
        report = check_template(path, editions)
        usable = usable and report.usable
        used.setdefault(of_infographic(path), set()).update(report.used)
        print(f"{path}　{'可以使用' if report.usable else '不能使用'}")
        _print_faults(report)
        if not report.usable:
            _write_marked(path, report)
    print(
        "\n列表里的一项要写在循环里，循环用 {%p endfor %}、{%tr endfor %}、{%tc endfor %} 结束，"
        "分别重复段、行、格。"
    )
    for infographic, names in sorted(used.items()):
        _print_fields(editions, names, infographic)
    return CHECKED if usable else FAULTY


MARKED = "标出问题　"
"""What the name of a copy with its faults marked begins with; no run takes it for a template."""


def _write_marked(path: Path, report: TemplateReport) -> None:
    """Write a copy of a template with its faults as comments beside it."""
    from pipeline.publish.atomic import OutputError, publish_together
    from pipeline.template_lint.marked_copy import mark_template

    copy = path.with_name(f"{MARKED}{path.name}")
    try:
        publish_together({copy: mark_template(path.read_bytes(), report.faults)})
    except (OSError, OutputError, zipfile.BadZipFile, KeyError, ValueError):
        return  # What can't be opened has been said above.
    print(f"  已用批注标在各段：{copy}")


def _print_faults(report: TemplateReport) -> None:
    for fault in report.faults:
        where = f"{fault.place}：" if fault.place else ""
        print(f"  {_SEVERITIES[fault.severity]}　{where}{fault.message}")


def _print_fields(editions: Mapping[str, Edition], used: set[str], infographic: bool) -> None:
    from pipeline.template_lint.fields import listed_fields

    fields, shape = listed_fields(editions, infographic)
    shapes = {one.name: one for one in shape.walk()}
    print(f"\n{'图解' if infographic else '年报'}能用的字段（✓ 已用到）：")
    for name, field in fields.items():
        mark = "✓" if name in used else "　"
        loop = f"；循环写作 {{%{field.level} for {field.each} in {name} %}}" if field.each else ""
        example = shapes[name].example if name in shapes else ""
        said = f"；如“{truncate(example.replace(chr(10), '↵'), 30)}”" if example else ""
        print(f"  {mark} {name}　{field.meaning}{loop}{said}")


def unusable(settings: Settings) -> tuple[str, list[str]]:
    """Of the templates of a run: why it can't begin (or nothing), and what should be looked at."""
    from pipeline.template_lint.check import check_template
    from pipeline.word.template_choice import of_infographic, template_files

    errors: list[str] = []
    warnings: list[str] = []
    files = template_files(settings.templates)
    reports: dict[tuple[bool, bytes], TemplateReport] = {}
    for path in files.all(settings.infographic):
        # A unit's template and a county's are the same until an office parts them.
        same = of_infographic(path), path.read_bytes() if path.is_file() else b""
        if same not in reports:
            reports[same] = check_template(path, settings.editions)
        for fault in reports[same].faults:
            where = f"{fault.place}：" if fault.place else ""
            told = f"Word 模板 {path.name}　{where}{fault.message}"
            (errors if fault.severity == "error" else warnings).append(told)
    if not errors:
        return "", warnings
    more = f"\n……共 {len(errors)} 处。" if len(errors) > MOST else ""
    return (
        "\n".join(errors[:MOST]) + more + f"\n改好后用 .venv/bin/python -m pipeline template 检查；"
        f"不用的模板请移出 {files.folder}；"
        "恢复原来的模板：.venv/bin/python templates/build_templates.py"
        "（图解：.venv/bin/python -m templates.build_infographic）。",
        warnings,
    )


MOST = 5
"""So many faults of templates are told at the start of a run."""


def print_unused(
    settings: Settings, units: Sequence[UnitOutcome], counties: Sequence[CountyOutcome]
) -> None:
    """Name the templates that were dropped in for some unit, kind or county that a run hadn't."""
    from pipeline.word.template_choice import kind_of, template_files

    files = template_files(settings.templates)
    used = set(files.common(settings.infographic))
    for name in {county.county for county in counties}:
        used |= {files.for_county(name), files.for_infographic(name)}
    for unit, name in {(one.submission.unit, one.submission.county) for one in units}:
        kind = kind_of(unit, name, settings.roster)
        used |= {files.for_unit(unit, kind), files.for_infographic(unit, kind)}
    for path in files.all(settings.infographic):
        if path not in used:
            print(f"【模板】{path.name} 没有用上：这次没有叫这个名称或属于这一类的单位。")


def print_left_out(
    settings: Settings, units: Sequence[UnitOutcome], counties: Sequence[CountyOutcome]
) -> None:
    """Name what a template of the run's leaves out of its reports: nobody proves what isn't there,
    and an office may have left it out by mistake."""
    from pipeline.readback.prove import proof_of
    from pipeline.word.template_choice import kind_of, template_files

    files = template_files(settings.templates)
    used: dict[tuple[Path, str], None] = {}
    for said in (unit.submission for unit in units if unit.status == "accepted"):
        kind = kind_of(said.unit, said.county, settings.roster)
        used[files.for_unit(said.unit, kind), said.edition] = None
    for county in counties:
        if county.draft or county.completeness.final:
            used[files.for_county(county.county), county.edition] = None
    for path, key in used:
        edition = settings.editions[key]
        left_out = proof_of(path).left_out(edition)
        if left_out:
            print(
                f"【模板】{path.name} 没有印{'、'.join(left_out)}（{edition.name}）："
                "年报里没有这些内容，也就没有核对。不是有意不印的，请改正模板后重新运行。"
            )


def print_fonts(settings: Settings, counties: Sequence[CountyOutcome]) -> None:
    """Say so when the PDFs of a run are set in other fonts than an official document has."""
    from pipeline.publish.pdf import SUFFIX, strange_fonts

    names = [name for county in counties for name in county.outputs if name.endswith(SUFFIX)]
    for name in names[:1]:
        fonts = strange_fonts((settings.output / name).read_bytes())
        if fonts:
            print(
                f"【PDF】这台电脑没有装仿宋体等公文字体，PDF 用了别的字体（{'、'.join(fonts)}）。"
                "正式公布的 PDF，请在装有公文字体的电脑上生成。"
            )
