"""总览.html in a real headless Chromium: it works, it can be used by everybody, and it keeps to
itself."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import axe_core_python
import openpyxl
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from pipeline.overview.units import PAGE
from tests.support.cities import city
from tests.support.cities import run as run_city
from tests.support.districts import write_inputs
from tests.support.page_district import COUNTY, HOSTILE_UNIT, YEAR, run_district

pytestmark = pytest.mark.slow

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)
AXE = Path(axe_core_python.__file__).parent / "axe.min.js"
A4 = (595, 842)
"""In points."""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district")
    run_district(folder)
    return folder / "output"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    profile = tmp_path_factory.mktemp("profile")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


@pytest.fixture
def page(chromium: webdriver.Chrome, output: Path) -> webdriver.Chrome:
    """The county's page, freshly opened on a light screen of a desk."""
    return opened(chromium, output / f"{COUNTY}{YEAR}年度" / PAGE)


def opened(driver: webdriver.Chrome, path: Path) -> webdriver.Chrome:
    screen(driver, 1280)
    scheme(driver, "light")
    driver.get("about:blank")
    for log in ("browser", "performance"):
        driver.get_log(log)
    driver.get(path.as_uri())
    driver.execute_script("try { localStorage.clear() } catch (_) {}")
    return driver


def screen(driver: webdriver.Chrome, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def scheme(driver: webdriver.Chrome, wanted: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": wanted}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def all_of(driver: webdriver.Chrome, selector: str) -> list[Any]:
    return driver.find_elements(By.CSS_SELECTOR, selector)


def one_of(driver: webdriver.Chrome, selector: str) -> Any:
    return driver.find_element(By.CSS_SELECTOR, selector)


def shown(driver: webdriver.Chrome, selector: str) -> list[str]:
    return [element.text for element in all_of(driver, selector) if element.is_displayed()]


def names(driver: webdriver.Chrome) -> list[str]:
    """The units that the list shows."""
    return [text.split(" ")[0].split("\n")[0] for text in shown(driver, ".units tbody th")]


# ------------------------------------------------------------------------------- it is safe


def test_it_loads_without_an_error_and_asks_for_nothing(page):
    assert page.get_log("browser") == []
    requests = [
        message["params"]["request"]["url"]
        for entry in page.get_log("performance")
        if (message := json.loads(entry["message"])["message"])["method"]
        == "Network.requestWillBeSent"
    ]
    assert [url.split(":")[0] for url in requests] == ["file"]
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_nothing_from_a_workbook_runs(page):
    assert HOSTILE_UNIT in [e.text for e in all_of(page, "#notices .name")]
    one_of(page, "#tables .figure button").click()
    assert HOSTILE_UNIT in one_of(page, "#trace").text
    assert page.execute_script("return window.ran") is None
    assert page.execute_script("return document.scripts.length") == 2


def test_the_policy_stops_script_that_gets_in_all_the_same(page):
    page.execute_script(
        """
        const attempts = [
          () => { const made = document.createElement('script');
                  made.append('window.ran = 1'); document.body.append(made); },
          () => { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="ran = 1">'); },
          () => { document.querySelector('h1').setAttribute('onclick', 'window.ran = 1');
                  document.querySelector('h1').click(); },
          () => { location.href = 'javascript:window.ran = 1'; },
          () => { setTimeout('window.ran = 1', 0); },
          () => { const made = document.createElement('style');
                  made.append('body { display: none }'); document.body.append(made); },
        ];
        attempts.forEach((attempt) => { try { attempt(); } catch (_) { /* refused */ } });
        """
    )
    page.execute_async_script("setTimeout(arguments[0], 200)")
    assert page.execute_script("return window.ran") is None
    refused = [entry["message"] for entry in page.get_log("browser")]
    assert len([message for message in refused if "Content Security Policy" in message]) >= 2
    assert one_of(page, "h1").is_displayed()


# ------------------------------------------------------------------------------- it works


def test_the_search_finds_units_and_problems(page):
    assert len(names(page)) == 8
    box = one_of(page, "#q")
    box.send_keys("街道")
    assert sorted(names(page)) == ["示例五街道", "示例六街道"]
    assert one_of(page, "#found").text == "显示 2 / 8"
    box.clear()
    box.send_keys("约3")
    assert names(page) == ["示例五街道"]
    assert len([text for text in shown(page, "#problems .problem") if text]) == 1
    box.send_keys("没有这样的")
    assert names(page) == []
    assert shown(page, ".nothing") == ["没有符合的单位。"]


def test_the_search_reads_full_width_letters_alike(page):
    one_of(page, "#q").send_keys("依申请公开！Ｄ９")
    assert names(page) == ["示例五街道"]


def test_the_filter_leaves_the_units_of_a_status(page):
    chips = {e.text.split("\n")[1]: e for e in all_of(page, ".filters button")}
    assert list(chips) == ["全部", "退回", "重复", "逾期", "未报", "通过"]
    chips["退回"].click()
    assert names(page) == ["示例五街道"]
    assert chips["退回"].get_attribute("aria-pressed") == "true"
    assert [g.split("\n")[0] for g in shown(page, "#problems .group .name")] == ["示例五街道"]
    chips["退回"].click()
    assert len(names(page)) == 8


def traced(page: webdriver.Chrome) -> tuple[int, list[tuple[str, int, str, str]]]:
    """The figure that the open dialog tells of, and each unit's part, cell and file."""
    rows = [
        [cell.text for cell in row.find_elements(By.CSS_SELECTOR, "th,td")]
        for row in all_of(page, "#trace tbody tr")
    ]
    told = [(name, int(figure.replace(",", "")), cell, file) for name, figure, cell, file in rows]
    assert told[-1][0] == "合计"
    return told[-1][1], told[:-1]


def test_a_figure_leads_to_the_units_their_files_and_cells(page):
    face = next(e for e in all_of(page, "#figures .cards div") if "本年新收申请" in e.text)
    button = face.find_element(By.TAG_NAME, "button")
    figure = int(button.text.replace(",", ""))
    button.click()
    total, units = traced(page)
    assert total == figure == sum(part for _, part, _, _ in units)
    assert {name for name, *_ in units} == {"示例一镇", "示例二镇", "示例三局", HOSTILE_UNIT}
    assert all(re.fullmatch(r"依申请公开!J\d+", cell) for _, _, cell, _ in units)
    link = next(e for e in all_of(page, "#trace tbody a") if "示例一镇" in e.text)
    source = unquote(urlsplit(page.execute_script("return arguments[0].href", link)).path)
    cell = next(cell for name, _, cell, _ in units if name == "示例一镇").split("!")
    sheet = openpyxl.load_workbook(source, data_only=True)[cell[0]]
    labels = [str(c.value) for c in sheet[re.sub("[A-Z]", "", cell[1])] if c.value is not None]
    assert "本年新收" in labels[0]
    one_of(page, "#trace button").click()
    assert not one_of(page, "#trace").is_displayed()


def test_a_figure_is_traced_by_keyboard_alone(page):
    table = all_of(page, ".national")[1]
    faces = table.find_elements(By.CSS_SELECTOR, ".figure button")
    stops = [face for face in faces if face.get_attribute("tabindex") == "0"]
    assert stops == faces[:1]
    page.execute_script("arguments[0].focus()", faces[0])
    active = page.switch_to.active_element
    active.send_keys(Keys.ARROW_RIGHT)
    page.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    reached = page.switch_to.active_element
    assert reached == faces[8]
    reached.send_keys(Keys.ENTER)
    assert one_of(page, "#trace").is_displayed()
    total, units = traced(page)
    assert total == int(reached.text.replace(",", ""))
    assert len(units) == 4
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not one_of(page, "#trace").is_displayed()
    assert page.switch_to.active_element == reached


def test_every_stop_of_the_tab_key_shows_where_it_is(page):
    outlines = page.execute_script(
        """
        return [...document.querySelectorAll('a[href], button, input, summary')]
          .filter((e) => e.checkVisibility({ contentVisibilityAuto: true }) && e.tabIndex === 0)
          .filter((e) => { e.focus({ focusVisible: true });
                           return document.activeElement !== e
                             || getComputedStyle(e).outlineStyle === 'none'; })
          .map((e) => e.outerHTML)
        """
    )
    assert outlines == []
    assert page.execute_script("return document.activeElement.tagName") != "BODY"


def test_the_links_of_the_page_lead_to_files(page, output):
    links = page.execute_script("return [...document.links].map((a) => a.href)")
    assert len(links) > 15
    paths = [Path(unquote(urlsplit(link).path)) for link in links]
    assert [str(path) for path in paths if not path.is_file()] == []
    assert {urlsplit(link).scheme for link in links} == {"file"}
    places = {urlsplit(link).fragment for link in links} - {""}
    assert all(page.find_elements(By.ID, place) for place in places)


def test_without_script_the_content_is_all_there(chromium, output):
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        chromium.get((output / f"{COUNTY}{YEAR}年度" / PAGE).as_uri())
        assert len(shown(chromium, ".units tbody tr")) == 8
        assert "不是可以确认的数字" in one_of(chromium, "#problems").text
        assert len(shown(chromium, ".national")) == 3
        assert shown(chromium, ".search") == []
        assert "没有运行脚本" in one_of(chromium, "footer").text
    finally:
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


# ------------------------------------------------------------------------- for everybody


def brightness(page: webdriver.Chrome) -> float:
    colour = page.execute_script("return getComputedStyle(document.body).backgroundColor")
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3]) / 3


def test_it_is_dark_where_the_screen_is_and_where_one_asks(page):
    assert brightness(page) > 200
    scheme(page, "dark")
    assert brightness(page) < 60
    one_of(page, "#theme").click()
    assert brightness(page) > 200
    assert one_of(page, "#theme").text == "改用深色"
    scheme(page, "light")
    one_of(page, "#theme").click()
    assert brightness(page) < 60


@pytest.mark.parametrize("wanted", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_barrier_is_found(page, wanted, width):
    scheme(page, wanted)
    screen(page, width)
    for details in all_of(page, "details"):
        page.execute_script("arguments[0].open = true", details)
    found = audit(page)
    assert found == []
    one_of(page, "#figures .figure button").click()
    assert audit(page) == []


def audit(page: webdriver.Chrome) -> list[str]:
    """What axe-core finds wrong by WCAG 2.1 AA; it is run from outside the page's policy."""
    page.execute_script(AXE.read_text("utf-8"))
    result = page.execute_async_script(
        """
        const done = arguments[0];
        axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })
          .then((found) => done(found.violations), (error) => done([{ id: String(error), nodes: [] }]));
        """
    )
    return [
        f"{rule['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for rule in result
        for node in rule["nodes"][:3]
    ] + [rule["id"] for rule in result if not rule["nodes"]]


def test_it_fits_a_phone(page):
    screen(page, 390)
    widths = page.execute_script(
        "return [document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]"
    )
    assert widths == [390, 390, 390]
    sizes = page.execute_script(
        "return [...document.querySelectorAll('p, th, td, a, button, label')]"
        ".filter((e) => e.offsetParent).map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 12


def test_it_prints_on_a4_with_the_folded_parts_open(page, tmp_path):
    printed = page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    content = base64.b64decode(printed["data"])
    assert content.startswith(b"%PDF")
    sizes = {
        (round(float(width)), round(float(height)))
        for width, height in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    }
    assert sizes == {A4}
    path = tmp_path / "page.pdf"
    path.write_bytes(content)
    text = pdf_text(path)
    assert "对照相同的段落" in text
    assert "本单位这一次写的" in text
    assert "查找单位或问题" not in text


def pdf_text(path: Path) -> str:
    made = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True)
    return made.stdout.decode("utf-8")


def test_the_index_leads_to_the_counties(chromium, output):
    screen(chromium, 1280)
    chromium.get("about:blank")
    chromium.get_log("browser")
    chromium.get((output / PAGE).as_uri())
    assert chromium.get_log("browser") == []
    one_of(chromium, "#q").send_keys("示例八局")
    assert [text.split("\n")[0] for text in shown(chromium, ".units tbody th")] == [
        "示例区 2024 年度"
    ]
    one_of(chromium, ".units tbody tr:not([hidden]) a").click()
    assert one_of(chromium, "h1").text.startswith("示例区2024年度政府信息公开工作年度报告")


# ------------------------------------------------------------------- a city above its counties


@pytest.fixture(scope="module")
def city_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city of two counties, of one of which a town is still missing."""
    folder = tmp_path_factory.mktemp("city")
    units = city(folder)
    write_inputs(folder / "input", [unit for unit in units if unit.identity["county"] != "贰县"])
    run_city(folder)
    return folder / "output"


@pytest.fixture
def city_page(chromium: webdriver.Chrome, city_output: Path) -> webdriver.Chrome:
    return opened(chromium, city_output / "示例市2024年度" / PAGE)


def test_a_citys_page_shows_the_units_of_all_levels_and_who_is_missing(city_page):
    assert city_page.get_log("browser") == []
    assert "未齐：1 个单位还没有报送" in one_of(city_page, "body").text
    found = [tuple(text.split("\n")[0].split(" ")) for text in shown(city_page, ".units tbody th")]
    assert found == [
        ("城关镇", "二县"),
        ("示例市人民政府", "政府"),
        ("示例市教育局", "部门"),
        ("一区人民政府", "政府", "一区"),
        ("城关镇", "一区"),
        ("二县人民政府", "政府", "二县"),
        ("二县税务局", "二县"),
    ]
    one_of(city_page, "#q").send_keys("二县")
    assert names(city_page) == ["城关镇", "二县人民政府", "二县税务局"]


def test_a_figure_of_a_city_leads_to_its_counties_and_on_to_their_units(city_page):
    for place in ("示例市", "一区"):
        face = next(e for e in all_of(city_page, "#figures .cards div") if "本年新收" in e.text)
        button = face.find_element(By.TAG_NAME, "button")
        figure = int(button.text.replace(",", ""))
        button.click()
        total, parts = traced(city_page)
        assert total == figure == sum(part for _, part, _, _ in parts)
        if place == "示例市":
            assert [name for name, *_ in parts] == [
                "一区",
                "二县",
                "示例市人民政府",
                "示例市教育局",
            ]
            of_county = next(part for name, part, *_ in parts if name == "一区")
            next(e for e in all_of(city_page, "#trace tbody a") if "一区" in e.text).click()
    assert one_of(city_page, "h1").text.startswith("一区2024年度")
    assert total == of_county
    assert {name for name, *_ in parts} == {"一区人民政府", "城关镇"}


def test_the_links_of_a_citys_page_lead_to_files(city_page):
    links = city_page.execute_script("return [...document.links].map((a) => a.href)")
    paths = [Path(unquote(urlsplit(link).path)) for link in links]
    assert len(paths) > 8
    assert [str(path) for path in paths if not path.is_file()] == []
