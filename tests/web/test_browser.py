"""The page in a real browser: by mouse, by keyboard, without scripts, on a phone, in the dark."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.browser import CHROMIUM, read_axe, skip
from tests.web.conftest import Server, make_index, run_server
from tests.web.stories import COPIES
from tests.web.test_hostile_text import STORY

try:
    from playwright.sync_api import Browser, Page, expect, sync_playwright
except ImportError:
    skip("there is no playwright (make test-web)")
if not CHROMIUM:
    skip("there is no Chromium (apt-get install chromium, or CHROMIUM=…)")

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
STATES = {
    "all": "/", "results": "/?q=Huawei+carrier", "filtered": "/?q=Huawei&entity=Nokia&not_entity=ZTE&after=2018",
    "nothing": "/?q=Huawie+zebra&publisher=none", "partial": "/?q=Huawei+zebra", "fault": "/?q=%22open",
    "facet": "/facets?field=person&q=Huawei", "why": "/explain?q=Huawei+carrier", "about": "/about",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser, seeds_server: Server) -> Iterator[Callable[..., Page]]:
    """A function that opens a path; a page that reports a fault, or asks another host for anything, fails the test."""
    opened, faults = [], []

    def open_path(path: str, url: str = seeds_server.url, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
        page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
        page.on("request", lambda asked: None if asked.url.startswith((url, "data:")) else faults.append(asked.url))
        page.goto(url.rstrip("/") + path)
        return page

    yield open_path
    for context in opened:
        context.close()
    assert faults == []


def read_parameters(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def count(page: Page) -> int:
    """How many documents the page says that there are."""
    heading = page.locator("h1").inner_text()
    return int(heading.split()[0].replace(",", "")) if heading[0].isdigit() else 0


def test_a_search_shows_hits_with_marks_dates_and_names(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).fill("Huawei carrier")
    page.get_by_role("button", name="Search").click()

    assert count(page) == 12 and page.title().startswith("Huawei carrier")
    first = page.locator(".hit").first
    assert {mark.casefold() for mark in first.locator("mark").all_inner_texts()} >= {"huawei", "carriers"}
    expect(first.locator("time")).to_have_text("22 January 2019")
    expect(first.locator(".meta .source").first).to_contain_text("byline")
    assert "Ericsson" in first.locator(".name").all_inner_texts()


def test_values_are_chosen_excluded_and_taken_away(open_page: Callable[..., Page]) -> None:
    page = open_page("/?q=Huawei")
    whole = count(page)
    page.locator(".pick", has_text="Nokia").first.click()
    chosen = count(page)
    assert read_parameters(page)["entity"] == ["Nokia"] and 0 < chosen < whole
    expect(page.locator(".chosen .pick")).to_have_attribute("aria-current", "true")

    page.locator(".pick", has_text="Christopher Wray").first.click()
    assert read_parameters(page)["entity"] == ["Nokia", "Christopher Wray"] and count(page) >= chosen

    page.goto(page.url.partition("&entity")[0])
    page.get_by_role("link", name="Exclude Nokia").first.click()
    assert read_parameters(page)["not_entity"] == ["Nokia"] and count(page) == whole - chosen
    page.get_by_role("link", name="Remove filter: not Nokia").click()
    assert count(page) == whole


def test_documents_without_a_publisher_are_a_group(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    page.locator(".facets section", has_text="Publishers").locator(".pick", has_text="none").click()
    assert read_parameters(page)["publisher"] == ["none"] and count(page) == 4
    assert page.locator(".hit .publisher").count() == 0


def test_values_of_a_facet_are_looked_for(open_page: Callable[..., Page]) -> None:
    page = open_page("/?q=Huawei")
    page.get_by_role("link", name="All people").click()
    page.get_by_label("with a word that begins").fill("wra")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".values .what").all_inner_texts() == ["Christopher Wray"]
    page.locator(".pick").click()
    assert read_parameters(page) == {"q": ["Huawei"], "entity": ["Christopher Wray"]}


def test_a_range_is_brushed_on_the_timeline(open_page: Callable[..., Page]) -> None:
    page = open_page("/?q=Huawei&sort=newest")
    bars = page.locator("[data-timeline] a")
    whole, last = count(page), bars.count() - 1
    first_box, last_box = bars.nth(2).bounding_box(), bars.nth(5).bounding_box()
    assert first_box and last_box and last > 8
    expected = (bars.nth(2).get_attribute("data-after"), bars.nth(5).get_attribute("data-before"))

    page.mouse.move(first_box["x"] + first_box["width"] / 2, first_box["y"] + 20)
    page.mouse.down()
    page.mouse.move(last_box["x"] + last_box["width"] / 2, last_box["y"] + 20, steps=5)
    assert page.locator("a.brushed").count() == 4 and "–" in page.locator("#brushed").inner_text()
    with page.expect_navigation():
        page.mouse.up()

    parameters = read_parameters(page)
    assert (parameters["after"][0], parameters["before"][0]) == expected and parameters["sort"] == ["newest"]
    assert 0 < count(page) < whole
    page.get_by_role("link", name="All dates").click()
    assert count(page) == whole


def test_a_click_on_a_bar_looks_at_its_month(open_page: Callable[..., Page]) -> None:
    page = open_page("/?q=Huawei")
    bar = page.locator("[data-timeline] a").first
    month = bar.get_attribute("data-after")
    with page.expect_navigation():
        bar.click()
    assert (read_parameters(page)["after"], read_parameters(page)["before"]) == ([month], [month])


def test_a_document_is_read_with_matches_names_clues_and_chrome(open_page: Callable[..., Page]) -> None:
    page = open_page("/?q=Huawei+carrier")
    page.locator(".hit h2 a", has_text="Small rural carriers seek").click()

    assert "carriers" in page.locator(".story mark").all_inner_texts()
    assert "Ajit Pai" in page.locator(".story .e.person").all_inner_texts()
    assert page.locator(".clues", has_text="Date").locator("li").count() == 3
    expect(page.locator(".clues .chosen").first).to_contain_text("byline")
    chrome = page.locator("details.chrome")
    assert not chrome.locator("li").first.is_visible()
    chrome.locator("summary").click()
    assert chrome.locator("li").first.is_visible() and chrome.locator(".reason").count() > 3
    assert page.locator(".alike a").count() > 2
    page.get_by_role("link", name="Back to the results").click()
    assert read_parameters(page) == {"q": ["Huawei carrier"]}


def test_where_nothing_is_found_the_page_says_why_and_what_to_do(open_page: Callable[..., Page]) -> None:
    page = open_page("/?q=Huawie+zebra")
    expect(page.locator("h1")).to_have_text("Nothing has all of this")
    assert "zebra" in page.locator(".culprit").all_inner_texts()[1]
    page.locator(".suggestion a").click()
    assert read_parameters(page)["q"] == ["Huawei zebra"]
    expect(page.locator(".partial")).to_contain_text("The best of 15 with some of the words")
    assert page.locator(".hit").count() == 10


def test_what_is_typed_is_completed(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("sanctions wra")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("Christopher Wray")
    box.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    with page.expect_navigation():
        box.press("Enter")
    assert read_parameters(page)["q"] == ['sanctions entity:"Christopher Wray" ']
    box.press_sequentially("zz")
    box.press("Escape")
    assert page.get_by_role("listbox").count() == 0


def test_everything_works_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page("/?q=Huawei")
    whole = count(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    seen, stops = set(), 0
    while page.evaluate("!document.activeElement.closest('.pages, .exports')") and stops < 300:
        page.keyboard.press("Tab")
        stops += 1
        seen.add(page.evaluate("document.activeElement.closest('[data-timeline]') ? 'timeline' :"
                               "document.activeElement.className || document.activeElement.id"))
    assert {"pick", "not", "timeline", "name organisation", "q"} <= seen

    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.locator("[data-timeline] a[tabindex='0']").focus()
    for keys in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(keys)
    assert page.locator("a.brushed").count() == 3
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert read_parameters(page)["after"] < read_parameters(page)["before"] and 0 < count(page) < whole


def test_search_filters_and_reading_work_without_scripts(open_page: Callable[..., Page]) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_label("Search the archive").fill("Huawei")
    page.get_by_role("button", name="Search").click()
    whole = count(page)
    page.locator(".pick", has_text="Nokia").first.click()
    assert 0 < count(page) < whole
    page.get_by_label("from").fill("2019")
    page.get_by_role("button", name="Set dates").click()
    assert read_parameters(page)["entity"] == ["Nokia"] and read_parameters(page)["after"] == ["2019"]
    page.get_by_role("link", name="newest").click()
    dates = page.locator(".hit time").evaluate_all("all => all.map(each => each.dateTime)")
    assert dates == sorted(dates, reverse=True) and len(dates) > 2
    page.locator(".hit h2 a").first.click()
    assert page.locator(".story mark").count() and page.locator("details.chrome").count()
    page.get_by_role("link", name="Back to the results").click()
    page.locator("[data-timeline] a").first.click()
    assert len(read_parameters(page)["after"][0]) == len("2019-01")


def test_on_a_phone_nothing_is_cut_off_and_filters_unfold(open_page: Callable[..., Page]) -> None:
    for path in (*STATES.values(), "/read?q=Huawei&id="):
        if path.endswith("id="):
            path = open_page("/?q=rural").locator(".hit h2 a").first.get_attribute("href") or ""
        page = open_page(path, **PHONE)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
    page = open_page("/?q=Huawei", **PHONE)
    assert not page.locator(".pick").first.is_visible()
    page.locator("label.switch").tap()
    assert page.locator(".pick").first.is_visible()
    with page.expect_navigation():
        page.locator(".pick", has_text="Nokia").first.tap()
    assert read_parameters(page)["entity"] == ["Nokia"]


def test_in_the_dark_the_page_is_dark(open_page: Callable[..., Page]) -> None:
    def measure(scheme: str) -> tuple[int, int]:
        page = open_page("/?q=Huawei", color_scheme=scheme)
        colors = page.evaluate("[getComputedStyle(document.documentElement).backgroundColor,"
                               " getComputedStyle(document.body).color]")
        paper, ink = (sum(map(int, color.strip("rgb()").split(","))) for color in colors)
        return paper, ink

    (light, ink), (dark, pale) = measure("light"), measure("dark")
    assert light > 700 > 150 > ink and dark < 100 < 600 < pale


def test_an_address_brings_the_view_back(open_page: Callable[..., Page]) -> None:
    path = "/?q=Huawei&entity=Nokia&not_entity=Oslo&after=2018&sort=oldest&match=any"
    one, other = (open_page(path).locator("main").inner_text() for _ in range(2))
    assert one == other


def test_the_view_is_exported(open_page: Callable[..., Page]) -> None:
    page = open_page("/?q=Huawei&entity=Nokia")
    shown = count(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    with download.value.path().open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == shown


def test_copies_are_one_hit_that_leads_to_the_others(open_page: Callable[..., Page], tmp_path: Path) -> None:
    with run_server(make_index(tmp_path, COPIES)) as server:
        page = open_page("/?q=ferry", server.url)
        assert page.locator(".hit").count() == 2 and count(page) == 5
        page.locator(".copies a", has_text="+3 copies").click()
        assert page.locator(".hit").count() == 4
        page.locator(".hit h2 a").first.click()
        expect(page.locator(".copies")).to_contain_text("+3 copies")


def test_text_full_of_scripts_runs_none(open_page: Callable[..., Page], tmp_path: Path) -> None:
    with run_server(make_index(tmp_path, [STORY])) as server:
        for path in ("/", "/?q=ferry%20%3Cscript%3Ealert(1)%3C/script%3E", "/facets?field=person"):
            open_page(path, server.url).wait_for_timeout(200)
        page = open_page("/?q=ferry", server.url)
        page.get_by_role("combobox").press("End")
        page.get_by_role("combobox").press_sequentially(" place:ber")
        page.get_by_role("option").first.wait_for()
        page.locator(".hit h2 a").first.click()
        expect(page.locator("h1")).to_contain_text("<script>alert(1)</script>")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_no_state_of_the_page_has_a_serious_fault_of_accessibility(open_page: Callable[..., Page], scheme: str,
                                                                     width: int) -> None:
    axe = read_axe()
    if axe is None:
        pytest.skip("there is no axe-core (make test-web)")
    reader = open_page("/?q=Huawei+carrier").locator(".hit h2 a").first.get_attribute("href") or ""
    found = {}
    for name, path in {**STATES, "document": reader}.items():
        page = open_page(path, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.evaluate("document.querySelectorAll('input.switch').forEach(each => each.checked = true)")
        page.evaluate(axe)
        violations = page.evaluate("axe.run().then(found => found.violations)")
        found[name] = [(each["id"], each["impact"], [node["html"][:120] for node in each["nodes"][:3]])
                       for each in violations if each["impact"] in ("serious", "critical")]
    assert {name: faults for name, faults in found.items() if faults} == {}
