"""总览.html: one page on which the officer sees it all, opened by double click, without a network.

A page is values put into a template (``template/``): everything that comes from a workbook
is escaped by the template engine, and the page's own policy (a meta element, by the hashes of
the one style sheet and the one script) lets nothing else run and nothing be fetched.  What the
script needs, the figures of every unit and where they stand, is data beside it.

What is wrong comes first; figures next; notices (提示) last.  Without the script the page has
the same content and only lacks search, filters and the tracing of figures.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.aggregate.completeness import (
    NOT_YET,
    PUBLICATIONS,
    coverage,
    describe_missing,
    describe_missing_prose,
    describe_uncertainty,
)
from pipeline.aggregate.totals import County
from pipeline.books.theme import DARK, THEME, Theme
from pipeline.charts.svg import STYLE as CHART_STYLE
from pipeline.model.completeness import Completeness
from pipeline.model.edition import Edition
from pipeline.model.unit_outcome import UnitOutcome
from pipeline.overview.figures import (
    key_figures,
    origins,
    printed_figures,
    printed_tables,
    shown_charts,
)
from pipeline.overview.units import Link, Paths, Tone, UnitLine, link_to, shared_notices, unit_lines

TEMPLATES = Path(__file__).parent / "template"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A section that another part of the program adds to the page: a table below a heading.

    ``rows`` are as wide as ``columns``; a cell is text or a link to a file.
    """

    key: str
    heading: str
    note: str = ""
    columns: tuple[str, ...]
    rows: tuple[tuple[str | Link, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PageContent:
    """What a county's page tells of a year.

    ``outcomes`` are all workbooks of the county and year with their outputs, ``found`` how
    complete they are.  ``earlier`` is the same county in the years before.  ``outputs`` are the county's own files, as the outcomes' relative to the output folder.
    ``listings`` are further sections, shown after the figures.
    """

    county: County
    outcomes: tuple[UnitOutcome, ...]
    found: Completeness
    earlier: tuple[County, ...]
    outputs: tuple[str, ...]
    paths: Paths
    listings: tuple[Listing, ...] = ()

    @property
    def prior(self) -> County | None:
        """The same county a year before, if there is one."""
        found = [one for one in self.earlier if one.year == self.county.year - 1]
        return found[0] if found else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """In a sentence how things stand."""

    tone: Tone
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many units stand so; ``share`` is their part of all, in tenths of per cent."""

    status: str
    tone: Tone
    units: int
    start: str
    share: str


def write_page(content: PageContent) -> bytes:
    """A county's page (UTF-8 HTML); the same bytes for the same content."""
    county = content.county
    lines = unit_lines(
        content.outcomes,
        content.found.lines,
        county.name,
        county.year,
        county.edition,
        content.paths,
    )
    links = [content.paths.member(member) for member in county.members]
    added = bool(county.members)
    shared, noticed = shared_notices(lines)
    return rendered(
        "county.html",
        {
            "title": county.edition.title.format(unit=county.name, year=county.year),
            "county": county,
            "verdict": _verdict(content, lines),
            "counts": _counts(lines),
            "lines": lines,
            "roster": content.found.listed,
            "wrong": [line for line in lines if line.problems],
            "shared": shared,
            "noticed": noticed,
            "noticed_keys": {line.key for line in noticed},
            "files": [link_to(name, content.paths) for name in content.outputs],
            "prior": content.prior,
            "key_figures": key_figures(county, content.prior) if added else (),
            "charts": shown_charts(county, content.earlier) if added else (),
            "tables": _national_tables(county) if added else "",
            "listings": (*_published(content.found), *content.listings),
            "coverage": coverage(content.found),
            "lacking": describe_missing(content.found),
            "data": script_data(origins(county, links)),
        },
    )


def _verdict(content: PageContent, lines: Sequence[UnitLine]) -> Verdict:
    """Whether all is in, and what is in the way."""
    found = content.found
    bad = [line for line in lines if line.tone == "bad"]
    waiting = [line for line in lines if line.tone == "wait"]
    said = []
    if bad:
        errors = sum(line.count("error") for line in lines)
        said.append(f"{len(bad)} 个单位的文件有错误（共 {errors} 处），须改正后重新报送")
    if waiting:
        said.append(f"{len(waiting)} 个单位还没有报送")
    if not found.prose:
        said.append(describe_missing_prose(found))
    if said:
        return Verdict(tone="bad" if bad else "wait", words=f"未齐：{'；'.join(said)}。")
    passed = f"收到的 {len(lines)} 个单位全部通过（{describe_uncertainty(found)}）"
    left = []
    if found.open_warnings:
        number = sum(number for _, number in found.open_warnings)
        left.append(f"{len(found.open_warnings)} 个单位的 {number} 条警告没有改正或说明")
    if found.signing and found.unsigned:
        left.append(f"{len(found.unsigned)} 个单位没有填审核、签发")
    if left:
        state = "已齐" if found.listed else passed
        return Verdict(tone="wait", words=f"{state}，还有 {'；'.join(left)}，不能定稿。")
    if found.listed:
        return Verdict(tone="good", words=f"已齐：应报 {len(found.lines)} 个单位全部通过。")
    return Verdict(tone="wait" if found.unknown_to else "good", words=f"{passed}。")


def _counts(lines: Sequence[UnitLine]) -> tuple[Count, ...]:
    """How many units stand where, in the order of the lines, as parts of a bar."""
    found: dict[str, list[UnitLine]] = {}
    for line in lines:
        found.setdefault(line.status, []).append(line)
    counts, before = [], 0
    for status, members in found.items():
        start, end = (1000 * n // len(lines) for n in (before, before + len(members)))
        before += len(members)
        counts.append(
            Count(
                status=status,
                tone=members[0].tone,
                units=len(members),
                start=f"{start // 10}.{start % 10}",
                share=f"{(end - start) // 10}.{(end - start) % 10}",
            )
        )
    return tuple(counts)


_FIGURE = "\x00"
"""Stands for a figure in a table that is laid out once for all counties."""


def _national_tables(county: County) -> Markup:
    """The national tables with the county's figures."""
    pieces = _laid_out(county.edition)
    figures = printed_figures(county)
    filled = [part for pair in zip(pieces, figures, strict=False) for part in pair]
    return Markup("".join([*filled, pieces[-1]]))


@lru_cache(maxsize=16)
def _laid_out(edition: Edition) -> list[str]:
    """The HTML between the figures of an edition's national tables."""
    tables = printed_tables(edition, _FIGURE)
    return _environment().get_template("tables.html").render(tables=tables).split(_FIGURE)


def _published(found: Completeness) -> tuple[Listing, ...]:
    """Who has published in time; nothing before anybody could have."""
    begun = found.complete or any(line.status != NOT_YET for line in found.published)
    if not found.published or not begun:
        return ()
    counts = Counter(line.status for line in found.published)
    said = "，".join(f"{word} {counts[word]} 个" for word in PUBLICATIONS if counts[word])
    order = {word: at for at, word in enumerate(reversed(PUBLICATIONS))}
    lines = sorted(found.published, key=lambda line: order[line.status])
    return (
        Listing(
            key="published",
            heading="公布情况",
            note=f"{said}。公布日期和网址填在名册里。",
            columns=("单位", "公布情况", "最迟公布", "公布日期", "网址"),
            rows=tuple((line.unit, line.status, line.by, line.on, line.at) for line in lines),
        ),
    )


# --------------------------------------------------------------------------------- as a file


_NOT_HTML = re.compile("[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def rendered(template: str, values: Mapping[str, object]) -> bytes:
    """A template filled in; what no page can hold (control and half characters) is marked."""
    text = _environment().get_template(template).render(values)
    return _NOT_HTML.sub("\ufffd", text).encode("utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = _style_sheet(), (TEMPLATES / "page.js").read_text("utf-8")
    policy = (
        "default-src 'none'; "
        f"style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    )
    # These are ours, not of a workbook; Markup keeps them as they are.
    environment.globals |= {
        "style": Markup(style),
        "script": Markup(script),
        "policy": Markup(policy),
    }
    return environment


def _style_sheet() -> str:
    """The style sheet, with the theme's colours before it: light, dark, and as one chooses."""
    light, dark = _variables(THEME), _variables(DARK)
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark)"
        f"{{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
        + CHART_STYLE
        + (TEMPLATES / "page.css").read_text("utf-8")
    )


def _variables(theme: Theme) -> str:
    """A theme's colours as custom properties: ``--error-fill:#F8CBCB``."""
    colours = {f.name: getattr(theme, f.name) for f in fields(theme)}
    told = {n.replace("_", "-"): c for n, c in colours.items() if str(c).startswith("#")}
    told |= {f"series-{at}": colour for at, colour in enumerate(theme.series, 1)}
    return "".join(f"--{name}:{colour};" for name, colour in told.items())


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"


_UNSAFE = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def script_data(values: Mapping[str, object]) -> Markup:
    """JSON that can't end the element that it stands in."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    for unsafe, escaped in _UNSAFE.items():
        text = text.replace(unsafe, escaped)
    return Markup(text)
