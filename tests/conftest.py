"""What all tests share: golden files, and courses of a few lines.

`pytest --update-goldens` writes golden files again; read what changed, then commit.
"""

import collections
import os
import re
import signal
import textwrap
from pathlib import Path

import pytest

from grader import language
from grader.course.course import Course
from grader.running.job import Options
from grader.session import Session

GOLDEN = Path(__file__).parent / "golden"
LONGEST = ("checks", "attacks", "diagnose", "docs", "author")
SHARED = re.compile(r"(?<=\[)(?:confined|syscalls)\b|\bu\d\d\b")
SETTINGS = '[tool.grader]\nformat = 1\ntitle = "Made for a test"\nseed = 3\n'


for variable in language.VARIABLES:  # whoever runs the tests may speak another language; the tests read English
    os.environ.pop(variable, None)
os.environ["LANG"] = "C.UTF-8"
os.environ["GRADE_RESIDENT"] = "off"  # every run is a cold one; tests/resident says otherwise for itself
os.environ["GRADE_STRICT"] = "1"  # a diagnosis that fails is a failure of the test that met it
# A shell's background job ignores them, and so would all we start.
signal.signal(signal.SIGINT, signal.default_int_handler)
for number in (signal.SIGHUP, signal.SIGQUIT):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


def pytest_addoption(parser):
    parser.addoption("--update-goldens", action="store_true", help="write the golden files instead of comparing")
    parser.addoption(
        "--process-level", action="store_true", help="attack the process level, too, as CI does; some attacks succeed"
    )
    parser.addoption("--long", action="store_true", help="all cases of banks, and recipes that train for longer")
    parser.addoption(
        "--without", action="append", default=[], metavar="LEVEL", help="a level of isolation that CI here cannot have"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Where tests run side by side, keep together what shares a session: a file's tests of a unit, or of a level."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file, _, test = nodeid.partition("::")
            return " ".join([file, *SHARED.findall(test)[:1]])

    config.option.loadscopereorder = False
    return Together(config, log)


def pytest_configure(config):
    config.addinivalue_line("markers", "every(n): of a bank's cases each n-th is tried; --long tries all of them")


def pytest_collection_modifyitems(config, items):
    """Take a share of each large bank, and begin with what takes longest, where tests run side by side."""
    if not config.getoption("--long"):
        _share(config, items)
    if hasattr(config, "workerinput"):
        folders = {item: item.path.relative_to(GOLDEN.parent).parts[0] for item in items}
        items.sort(key=lambda item: LONGEST.index(folders[item]) if folders[item] in LONGEST else len(LONGEST))


def _share(config, items):
    """Leave out of each test that is marked `every(n)` all cases but each n-th, the first one included."""
    seen, left_out = collections.Counter(), []
    for item in items:
        mark = item.get_closest_marker("every")
        test = item.nodeid.partition("[")[0]
        if mark is not None:
            left_out += [item] if seen[test] % mark.args[0] else []
            seen[test] += 1
    if left_out:
        dropped = set(left_out)
        items[:] = [item for item in items if item not in dropped]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter):
    """Say in a line how many attacks were tried at which level, before pytest's own last line."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    tried = collections.Counter(value for one in reports for name, value in one.user_properties if name == "tried")
    if tried:
        told = ", ".join(f"{number} {name}" for name, number in tried.items())
        terminalreporter.write_line(f"attacks tried: {told}")


@pytest.fixture(autouse=True)
def english():
    """Speak English again: a command that a test runs in this process may have chosen another language."""
    yield
    language.choose(language.ENGLISH)


@pytest.fixture
def chinese():
    """Speak Chinese in this process, for one test."""
    language.choose("zh")
    yield
    language.choose(language.ENGLISH)


@pytest.fixture
def golden(request):
    """Compare a text with tests/golden/NAME, or write it there."""

    def check(name, text):
        path = GOLDEN / name
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.exists(), f"{path} is missing: pytest --update-goldens writes it"
        assert text == path.read_bytes().decode()

    return check


def apart(text):
    """Return misconceptions by their exercises, each with what stands above the first one."""
    head, *pieces = re.split(r"^(?=@misconception)", textwrap.dedent(text), flags=re.MULTILINE)
    files = {}
    for piece in pieces:
        exercise = re.search(r"[\"'](\w+)[\"']", piece)[1]
        files[exercise] = files.get(exercise, head) + piece
    return files


@pytest.fixture(scope="session")
def course_of(tmp_path_factory):
    """Make a course of one unit, u01, out of the texts of its files."""

    def make(checks, solution="", **others):
        root = tmp_path_factory.mktemp("made")
        files = {"checks/test_u01_made.py": checks, "solutions/u01_made.py": solution, "pyproject.toml": SETTINGS}
        for exercise, text in apart(others.pop("misconceptions", "")).items():
            files[f"solutions/misconceptions/u01_made/{exercise}.py"] = text
        files |= {f"checks/{name}/u01_made.py": text for name, text in others.items()}
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), "utf-8")
        return Course.find(root)

    return make


@pytest.fixture
def grade(tmp_path):
    """Grade the text of a learner's file of u01, in a course or in a session that is open already."""
    folder = tmp_path / "learner"
    folder.mkdir()

    def run(where, source, exercises=None, **options):
        (folder / "u01_made.py").write_text(textwrap.dedent(source), "utf-8")
        if isinstance(where, Session):
            return where.grade(exercises, submission=folder, options=Options(**options))
        with Session(where) as session:
            return session.grade(exercises, submission=folder, options=Options(**options))

    return run
