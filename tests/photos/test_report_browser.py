"""The report in a real browser: no violation that axe-core finds, no sideways scrolling, no request, all on paper."""

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

import lanthorn

from .test_report import hostile as hostile

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def axe():
    """The text of axe-core."""
    for name in ("playwright", "axe_playwright_python"):
        if importlib.util.find_spec(name) is None or CHROMIUM is None:
            reason = "chromium, playwright or axe-playwright-python is not installed"
            if os.environ.get("CI") and os.geteuid() == 0 and shutil.which("apt-get"):
                pytest.fail(f"{reason}, and .ci/run should have done so")
            pytest.skip(reason)
    home = importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0]
    return (Path(home) / "axe.min.js").read_text("utf-8")


@pytest.fixture
def opened(tmp_path, axe):
    """Opens a page at a width, light or dark; gives the page and the list of what it asked for."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        contexts = []

        def open_page(path, width=1200, scheme="light"):
            context = play.chromium.launch_persistent_context(
                str(tmp_path / f"profile {len(contexts)}"), executable_path=CHROMIUM, headless=True, args=FLAGS,
                viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True,
            )  # fmt: skip
            contexts.append(context)
            page, asked = context.new_page(), []
            page.on("request", lambda request: asked.append(request.url))
            page.on("console", lambda message: asked.append(f"console: {message.text}"))
            page.on("dialog", lambda dialog: (asked.append("a dialog"), dialog.dismiss()))
            page.goto(Path(path).as_uri())
            return page, asked

        yield open_page
        for context in contexts:
            context.close()


def violations(page, axe):
    """What axe-core finds once all is open."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.add_script_tag(content=axe)
    found = page.evaluate("axe.run()")["violations"]
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
def test_the_page_is_accessible_and_fits(hostile, opened, axe, width, scheme):
    result = hostile[-1]
    page, asked = opened(result.path, width, scheme)
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(sideways) == 0
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(253, 252, 250)", "dark": "rgb(21, 23, 26)"}[scheme]
    assert violations(page, axe) == []
    assert page.evaluate(sideways) == 0  # with everything open
    assert [url for url in asked if not url.startswith("data:")] == [Path(result.path).as_uri()]
    assert page.evaluate("[...document.images].every(each => each.alt)")


def test_axe_would_find_a_violation(opened, axe, tmp_path):
    (tmp_path / "bad.html").write_text("<html><title>x</title><img src='data:,'><p style='color:#ccc'>pale</p>")
    page, _ = opened(tmp_path / "bad.html")
    assert {each for each, _ in violations(page, axe)} >= {"image-alt", "color-contrast", "html-has-lang"}


def test_a_cell_opens_its_photos_with_the_keyboard(hostile, opened):
    page, _ = opened(hostile[-1].path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    cell = page.locator(".matrix a[href^='#right-']").first
    place = cell.get_attribute("href")
    assert not page.locator(place).is_visible()
    cell.focus()
    page.keyboard.press("Enter")
    page.locator(place).wait_for(state="visible")
    wrong = page.locator(".matrix a[href^='#photo-']").first
    wrong.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.startsWith('#photo-')")
    box = page.locator(wrong.get_attribute("href")).bounding_box()
    assert 0 <= box["y"] < 900


def test_on_paper_everything_is_open_and_light(hostile, opened):
    page, _ = opened(hostile[-1].path, 794, "dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    hidden = (
        "[...document.images].filter(each => each.getBoundingClientRect().height < 4 || !each.checkVisibility()).length"
    )
    assert page.evaluate(hidden) == 0
    assert page.evaluate("document.querySelectorAll('details').length") > 1


def test_thirty_five_classes_fit_a_phone(opened, axe, tmp_path, one_engine):
    import numpy as np
    from PIL import Image

    names = [f"a_rather_long_class_name_{i}" for i in range(35)]
    model = lanthorn.Sequential(
        [lanthorn.Input((24, 24, 3)), lanthorn.layers.Conv2D(4, 3), lanthorn.layers.GlobalAveragePooling2D(),
         lanthorn.layers.Dense(35, activation="softmax")]
    )  # fmt: skip
    model.class_names, model.preprocessing = names, lanthorn.data.Preprocessing(size=24, scale="0-1")
    for i, name in enumerate(names):
        (tmp_path / "photos" / name).mkdir(parents=True)
        Image.fromarray(np.full((30, 40, 3), 7 * i, "uint8")).save(tmp_path / "photos" / name / "a.png")
    result = lanthorn.report(model, tmp_path / "photos", tmp_path / "r.html", check=False, maps=3, verbose=0)
    for scheme in ("light", "dark"):
        page, _ = opened(result.path, 390, scheme)
        assert violations(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 390
