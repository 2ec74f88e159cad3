"""`grade report`: one page of HTML of what was recorded."""

import html.parser
import re
import shutil
from pathlib import Path

import pytest

DAY = re.compile(r"\d{4}-\d\d-\d\d")
VOID = ("meta", "img")
HOSTILE = """
def cross(a, b):
    print("</pre><script>alert(1)</script>\\u202e")
    raise ValueError("<img src=x onerror=alert(1)> \\ud800 &amp; \\x1b[31m")
"""


class Reader(html.parser.HTMLParser):
    """What a browser would build: elements that close where they should, their ids, links and text."""

    def __init__(self, page):
        super().__init__()
        self.open, self.ids, self.links, self.tags, self.words = [], [], [], set(), []
        self.feed(page)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.add(tag)
        assert not [name for name in attributes if name.startswith("on")]
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes[name] for name in ("href", "src") if name in attributes]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data.split() if self.open and self.open[-1] != "style" else []

    @property
    def text(self):
        return " ".join(self.words)


@pytest.fixture
def worked(here, hand_in):
    """Unit 1 right, unit 2 wrong, both graded; a hint was asked for."""
    hand_in("right", "u01")
    hand_in("wrong", "u02")
    here("--all", "-q")
    here("hint", "u02.column_means")


def page(here, tiny, *words):
    assert here("report", *words).returncode == 0
    return Reader((tiny / "chainrule-report.html").read_text("utf-8"))


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_page_says_what_was_found(here, tiny, golden, code):
    found = page(here, tiny, "--lang", code, "--name", "李雷")
    golden(
        f"cli/report.{code}.txt", DAY.sub("2026-11-28", "\n".join(re.findall(r".{1,118}(?:\s|$)", found.text))) + "\n"
    )
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)


@pytest.mark.usefixtures("worked")
def test_it_says_what_changed_since_and_grades_nothing(here, tiny):
    path = tiny / "exercises" / "u01_area.py"
    path.write_text(
        path.read_text("utf-8").replace("def cross(", "x = 1\n\n\ndef cross(").replace("return", "y = 1; return")
    )
    checks = tiny / "checks" / "test_u02_mean.py"
    checks.write_text(checks.read_text("utf-8") + "\n\nANOTHER = 1\n")
    (tiny / ".grade" / "verdicts" / "u01.area.json").write_text('{"schema": 1}')
    text = page(here, tiny).text
    assert "Your code was changed since this verdict. Grade it again: grade u01.cross" in text
    assert "The checks were changed since this verdict. Grade it again: grade u02.column_means" in text
    assert "Its verdict was not kept. To see it: grade u01.area" in text
    path.write_text("def cross(:\n")
    assert "SYNTAX" in page(here, tiny).text
    assert "changed since" not in page(here, tiny, "--grade").text.replace("checks were changed since", "")


def test_nothing_hostile_acts(here, tiny, tmp_path):
    (tiny / "exercises" / "u01_area.py").write_text(HOSTILE)
    here("u01", "-q")
    picture = tmp_path / '"><script>x.svg'
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    found = page(here, tiny, "--name", "</title><script>alert(1)</script>", "--picture", str(picture))
    assert "script" not in found.tags
    assert "</title><script>alert(1)</script>" in found.text
    assert r"<img src=x onerror=alert(1)> \ud800 &amp; \x1b[31m" in found.text
    assert all(link.startswith(("#", "data:image/svg+xml;base64,")) for link in found.links)


def test_an_untouched_course_has_a_page_in_any_encoding(grade):
    ran = grade("report", "--out", "-", text=False, PYTHONIOENCODING="ascii")
    assert ran.returncode == 0
    assert "0 of 5 done" in Reader(ran.stdout.decode("ascii")).text


def test_where_it_may_not_be_written(here, tiny):
    mine = tiny / "mine.html"
    mine.write_text("<p>mine")
    refused = here("report", "--out", "mine.html")
    assert refused.returncode == 2
    assert refused.stderr.startswith("mine.html is there and is no report of grade.")
    assert mine.read_text() == "<p>mine"
    assert here("report", "--out", "mine.html", "--force").returncode == 0
    assert here("report", "--out", "mine.html").returncode == 0  # it is a report now
    for words, says in (
        (("--out", "exercises"), "exercises is a folder."),
        (("--out", "no/such/file.html"), "no/such/file.html cannot be written: No such file or directory."),
        (("--picture", "mine.html"), "mine.html is no picture that a page can show"),
        (("--picture", "none.png"), "none.png cannot be read: No such file or directory."),
    ):
        ran = here("report", *words)
        assert (ran.returncode, ran.stderr[: len(says)]) == (2, says)


@pytest.mark.usefixtures("worked")
def test_a_browser_and_a_screen_reader_find_nothing_to_mend(here, tiny):
    """Needs playwright, axe-playwright-python and a Chromium; skipped where they are not there."""
    sync = pytest.importorskip("playwright.sync_api")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium here")
    page(here, tiny)
    asked = []
    with sync.sync_playwright() as play:
        running = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            # The page's own policy keeps axe's script out, too.
            sheet = running.new_page(viewport={"width": 400, "height": 800}, color_scheme=scheme, bypass_csp=True)
            sheet.on("request", lambda request: asked.append(request.url))
            sheet.goto(Path(tiny / "chainrule-report.html").as_uri())
            assert sheet.evaluate("document.documentElement.scrollWidth") == 400
            assert axe.Axe().run(sheet).violations_count == 0
        running.close()
    assert len(asked) == 2
