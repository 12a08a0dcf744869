"""A city of two counties."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.cli.main import main
from pipeline.declare.editions import load_editions
from pipeline.declare.workbook_form import workbook_form
from pipeline.forms.roster import write_roster
from pipeline.model.submission import Prefill
from tests.support.districts import example, passage
from tests.support.paths import TEMPLATES

EDITIONS, FORM = load_editions(), workbook_form()


EDITION = EDITIONS["2021"]


# ----------------------------------------------------------------------------- a city, as it is run

CITY_PROSE = (
    "【年度】年，全市【汇总单位数】个单位新收政府信息公开申请【全市新收申请总数】件，"
    "公开信息【全市主动公开总数】条。"
)


def workbook(name: str, county: str, seed: int, scope: str = "本单位") -> Prefill:
    own = "本级机关" if scope == "本级" else "我单位"
    made = example(EDITION, name, own, county, 2024, seed, 10)
    made.identity["scope"] = scope  # type: ignore[index]
    return made


def city(folder: Path) -> list[Prefill]:
    """示例市 with two counties that each have a 城关镇, and a bureau of its own."""
    rows: list[Mapping[str, str]] = [
        {"unit": "示例市人民政府", "kind": "政府"},
        {"unit": "示例市教育局", "kind": "部门"},
        {"unit": "一区"},
        {"unit": "一区人民政府", "kind": "政府", "parent": "一区"},
        {"unit": "城关镇", "parent": "一区"},
        {"unit": "二县", "short": "贰县"},
        {"unit": "二县人民政府", "kind": "政府", "parent": "二县"},
        {"unit": "城关镇", "parent": "二县"},
        {"unit": "二县税务局", "parent": "二县", "counted": "否"},
    ]
    (folder / "input").mkdir(parents=True)
    settings_ = {"county": "示例市", "year": 2024, "signed": "否"}
    (folder / "input" / "名册.xlsx").write_bytes(write_roster(rows, settings_))
    made = [
        workbook("示例市人民政府", "示例市", 51, "本级"),
        workbook("示例市教育局", "示例市", 52),
        workbook("一区人民政府", "一区", 53, "本级"),
        workbook("城关镇", "一区", 54),
        workbook("二县人民政府", "二县", 55, "本级"),
        workbook("城关镇", "贰县", 56),
        workbook("二县税务局", "二县", 57),
    ]
    parts = [p for p in made[0].passages if p.part != "overview.on_request"]
    own = [*parts, passage("overview.on_request", "依申请公开", CITY_PROSE)]
    made[0] = replace(made[0], passages=tuple(own))
    return made


def run(folder: Path, *options: str) -> tuple[int, dict[str, dict], dict]:
    places = ["--input", str(folder / "input"), "--output", str(folder / "output")]
    code = main(["run", *places, "--templates", str(TEMPLATES), *options])
    record = json.loads((folder / "output" / "run.json").read_text("utf-8"))
    return code, {county["county"]: county for county in record["counties"]}, record
