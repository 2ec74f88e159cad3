"""`grade update`: three versions of the tiny course come one after the other around one learner's answers."""

import re
import shutil
import signal
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "tiny"
MINE = "\n\n# my helper\ndef halved(number):\n    return number / 2  # mine\n"
ADDED = '''

# %%
def twice(number: float) -> float:
    """Return two times a number."""
    # BEGIN SOLUTION
    # HINT: Which operation?
    return number * 2
    # END SOLUTION
'''
CHECK = '''

@exercise("twice", points=1)
class TestTwice:
    """Two times a number."""

    def test_three(self, learner):
        """of three it is six"""
        close(learner.twice(3.0), 6.0, "twice(3)")
'''


def change(path, *pairs):
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


@pytest.fixture
def second(tiny):
    """A version with other texts and contracts, given code that changed, and one exercise more."""
    root = shutil.copytree(tiny, tiny.parent / "second")
    change(
        root / "solutions" / "u01_area.py",
        ("## One edge", "## One edge, once more"),
        ("Return the cross product a.x", "Return, with its sign, a.x"),
        ("return sum(math.dist(a, b) for a, b in zip", "return math.fsum(math.dist(a, b) for a, b in zip"),
        ("\n\n# %%\ndef circumference", f"{ADDED}\n\n# %%\ndef circumference"),
    )
    change(root / "checks" / "test_u01_area.py", ('\n\n@exercise("area"', f'{CHECK}\n\n@exercise("area"'))
    change(root / "solutions" / "u02_mean.py", ("Return the mean of each column.", "Return each column's mean."))
    return root


@pytest.fixture
def third(second):
    """A version in which one exercise has another name and one is gone."""
    root = shutil.copytree(second, second.parent / "third")
    for file in ("solutions/u01_area.py", "checks/test_u01_area.py", "checks/oracles/u01_area.py"):
        text = (root / file).read_text("utf-8")
        (root / file).write_text(re.sub(r"\bcross(?=\(|\"|,)", "wedge", text), "utf-8")
    for file, begins in (
        ("solutions/u02_mean.py", "\n\n# %%\ndef center"),
        ("checks/test_u02_mean.py", "\n\n@exercise(\n"),
    ):
        text = (root / file).read_text("utf-8")
        at = text.find('\n\n@exercise("center"') if "checks" in file else text.index(begins)
        (root / file).write_text(text[:at] + "\n", "utf-8")
    return root


@pytest.fixture
def written(here, tiny):
    """Everything is answered in the stubs as they are handed out, with a helper of one's own."""
    for name in ("u01_area", "u02_mean"):
        text = (tiny / "submissions" / "right" / f"{name}.py").read_text("utf-8")
        stub = (tiny / "exercises" / f"{name}.py").read_text("utf-8")
        end = stub[stub.index("\n\n# %%\n# Try things here") :]
        (tiny / "exercises" / f"{name}.py").write_text(text.rstrip("\n") + "\n" + MINE + end, "utf-8")
    assert here("update").stdout == "Everything is up to date; nothing to do.\n"  # and it keeps the stubs


@pytest.fixture
def worked(here, written):  # noqa: ARG001 (it is what passes)
    """All of that has passed."""
    assert here("--all", "-q").returncode == 0


def bodies(path):
    """Return the learner's own lines of a file: what stands in functions below their contracts, and the helper."""
    text = path.read_text("utf-8")
    return [line for line in text.split("\n") if re.match(r"(    +(?!\"\"\")\S.*|.*mine|# my helper)$", line)]


def words(grade):
    return {line.split()[1]: line.split()[0] for line in grade("list").stdout.splitlines()}


@pytest.mark.usefixtures("worked")
def test_every_answer_is_kept_through_three_versions(here, tiny, second, third):
    files = [tiny / "exercises" / name for name in ("u01_area.py", "u02_mean.py")]
    first = [path.read_bytes() for path in files]
    wrote = [bodies(path) for path in files]
    ran = here("update", str(second))
    assert ran.returncode == 0, ran.stderr
    texts = [path.read_text("utf-8") for path in files]
    for text, part in zip(texts, ("Return, with its sign, a.x", "Return each column's mean."), strict=True):
        assert part in text
    assert "## One edge, once more" in texts[0] and "TODO: twice" in texts[0] and "math.fsum" in texts[0]
    given = "    return sum(math.dist(a, b) for a, b in zip(polygon.corners, following, strict=True))"
    assert [line for line in wrote[0] if line != given and line not in texts[0]] == []
    assert [line for line in wrote[1] if line not in texts[1]] == []
    now = words(here)
    assert now["u01.twice"] == "todo" and now["u01.cross"] == "changed"  # its solution's code is another one
    assert now["u02.column_means"] == now["u02.center"] == "done"
    assert "Grade again  u01.cross, u01.area, u01.scale" in ran.stdout
    assert here("u01", "-q").stdout.count("PASS") == 3
    assert here("update", str(second)).stdout == "Everything is up to date; nothing to do.\n"

    ran = here("update", str(third))
    assert "cross is called wedge now" in ran.stdout and "What you wrote stays: center." in ran.stdout
    text = files[0].read_text("utf-8")
    assert text.index("TODO: wedge") < text.index("(ax, ay), (bx, by) = a, b") and "def cross(" in text
    assert [
        line
        for path, own in zip(files, wrote, strict=True)
        for line in own
        if line != given and line not in path.read_text("utf-8")
    ] == []
    assert here("u01.area", "-q").stdout.startswith("PASS")  # it calls cross, which is there still

    assert here("update", "--undo").returncode == 0
    assert here("u01.cross", "-q").stdout.startswith("PASS")
    here("update", "--undo")  # that is the update to the third, again
    assert "def wedge(" in files[0].read_text("utf-8")
    names = [line.split()[0] for line in here("reset", "--list").stdout.splitlines()]
    here("reset", "--restore", names[1])
    here("reset", "--restore", names[0])
    assert [path.read_bytes() for path in files] == first


@pytest.mark.usefixtures("worked")
def test_what_a_pull_brought_is_merged_and_undone(here, tiny, second):
    """The course is new already and the learner's files are as they were: `git pull` with one's own files kept."""
    before = {path: path.read_bytes() for path in (tiny / "exercises").iterdir()}
    shutil.copytree(second / "solutions", tiny / "solutions", dirs_exist_ok=True)
    shutil.copytree(second / "checks", tiny / "checks", dirs_exist_ok=True)
    assert "Nothing was changed." in here("update", "--dry-run").stdout
    assert {path: path.read_bytes() for path in before} == before
    here("update")
    assert "TODO: twice" in (tiny / "exercises" / "u01_area.py").read_text("utf-8")
    here("update", "--undo")
    assert {path: path.read_bytes() for path in before} == before
    assert words(here)["u02.center"] == "done"


def test_a_stub_without_a_record_is_found_in_git(here, tiny, second, hand_in):
    def git(*words):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=tiny, check=True, capture_output=True
        )

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    hand_in("right")
    git("commit", "-qam", "my answers")
    shutil.copytree(second / "solutions", tiny / "solutions", dirs_exist_ok=True)
    git("commit", "-qam", "two")
    here("update")
    text = (tiny / "exercises" / "u01_area.py").read_text("utf-8")
    assert "Return, with its sign" in text and "(ax, ay), (bx, by) = a, b" in text


@pytest.mark.every(2)
@pytest.mark.parametrize("is_committed", [True, False])
def test_git_pulls_around_the_learners_files(here, tiny, second, written, is_committed):  # noqa: ARG001
    """Whether they were committed or not: git would stop at a conflict, or refuse."""

    def git(*words, at=tiny):
        names = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *names, *words], cwd=at, check=True, capture_output=True)

    ours = tiny.parent / "upstream"
    subprocess.run(["git", "init", "-q", ours], check=True)
    shutil.copytree(tiny, ours, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".grade"))
    for path in (ROOT / "exercises").glob("*.py"):
        shutil.copy(path, ours / "exercises")
    git("add", ".", at=ours)
    git("commit", "-qm", "one", at=ours)
    moved = tiny.rename(tiny.parent / "before")
    git("clone", "-q", str(ours), str(tiny), at=tiny.parent)
    shutil.copytree(moved / "exercises", tiny / "exercises", dirs_exist_ok=True)
    shutil.copytree(moved / ".grade", tiny / ".grade")
    git("config", "user.name", "a")
    git("config", "user.email", "a@b")
    if is_committed:
        git("commit", "-qam", "mine")
    shutil.copytree(second / "solutions", ours / "solutions", dirs_exist_ok=True)
    change(ours / "exercises" / "u01_area.py", ("Return the cross product a.x", "Return, with its sign, a.x"))
    change(
        ours / "exercises" / "u01_area.py", ('raise NotImplementedError("TODO: cross")', "raise NotImplementedError")
    )
    git("commit", "-qam", "two", at=ours)
    ran = here("update", "--pull")
    assert ran.returncode == 0, ran.stderr
    text = (tiny / "exercises" / "u01_area.py").read_text("utf-8")
    assert "Return, with its sign" in text and "(ax, ay), (bx, by) = a, b" in text and "<<<<" not in text
    assert MINE in text and "TODO: twice" in text
    assert (ours / "solutions" / "u01_area.py").read_bytes() == (tiny / "solutions" / "u01_area.py").read_bytes()


def test_nobody_knows_the_stub(here, tiny, second, hand_in):
    hand_in("right")
    shutil.copytree(tiny, tiny.parent / "first")
    shutil.copytree(second / "solutions", tiny / "solutions", dirs_exist_ok=True)
    assert "grade update --base" in " ".join(here("update").stdout.split())
    assert "contracts: cross" in here("update", "--base", "../first").stdout
    assert "Return, with its sign" in (tiny / "exercises" / "u01_area.py").read_text("utf-8")


@pytest.mark.usefixtures("written")
def test_line_ends_and_mark_stay_and_an_archive_will_do(here, tiny, second):
    path = tiny / "exercises" / "u01_area.py"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    with zipfile.ZipFile(tiny.parent / "new.zip", "w") as archive:
        for file in second.rglob("*"):
            archive.write(file, f"course-2/{file.relative_to(second)}")
    assert here("update", "../new.zip").returncode == 0
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf#") and data.count(b"\n") == data.count(b"\r\n") and b"TODO: twice" in data
    assert "twice" in (tiny / "checks" / "test_u01_area.py").read_text("utf-8")


@pytest.mark.usefixtures("written")
def test_what_is_left_as_it_is(here, tiny, second):
    """A file that is no Python, and one that is not there: the first stays, the second is the new stub."""
    broken = tiny / "exercises" / "u01_area.py"
    change(broken, ("def cross(", "def cross((("))
    (tiny / "exercises" / "u02_mean.py").unlink()
    before = broken.read_bytes()
    ran = here("update", str(second))
    assert "Mend it, then run grade update again." in " ".join(ran.stdout.split())
    assert broken.read_bytes() == before
    assert "Return each column's mean." in (tiny / "exercises" / "u02_mean.py").read_text("utf-8")
    change(broken, ("def cross(((", "def cross("))
    assert "new: twice" in here("update").stdout


@pytest.mark.usefixtures("written")
def test_a_notebook_is_changed_by_hand(here, tiny, second):
    (tiny / "exercises" / "u02_mean.py").rename(tiny / "exercises" / "u02_mean.ipynb")
    (tiny / "exercises" / "u02_mean.ipynb").write_text(
        '{"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": [], "execution_count": 1}],'
        ' "metadata": {}, "nbformat": 4, "nbformat_minor": 4}',
        "utf-8",
    )
    before = (tiny / "exercises" / "u02_mean.ipynb").read_bytes()
    assert "is a notebook; change it by hand" in " ".join(here("update", str(second)).stdout.split())
    assert (tiny / "exercises" / "u02_mean.ipynb").read_bytes() == before


@pytest.mark.usefixtures("written")
def test_where_it_cannot_write_nothing_is_changed(here, tiny, second):
    """The backup's place is taken; then a folder stands where a new file of the course has to go."""
    before = {path: path.read_bytes() for path in tiny.rglob("*.py")}
    (tiny / ".grade" / "backup").write_text("in the way", "utf-8")
    assert "nothing was changed" in here("update", str(second)).stderr
    (tiny / ".grade" / "backup").unlink()
    (second / "zz.py").write_text("x = 1\n", "utf-8")
    (tiny / "zz.py").mkdir()
    ran = here("update", str(second))
    assert ran.returncode == 2 and "zz.py" in ran.stderr
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.every(3)
@pytest.mark.parametrize("writes", [4, 0, 6, 3, 5, 1])
@pytest.mark.usefixtures("written")
def test_killed_before_any_of_its_writes_it_goes_on(command, environ, here, tiny, second, tmp_path, writes):
    """Every file is old or new, and the next update ends what was begun. writes: how many it could do."""
    killer = tmp_path / "killer.py"
    killer.write_text(
        "import os, signal, sys\n"
        "from grader.cli import main, transaction\n"
        "put, left = transaction._put, [int(sys.argv[1])]\n"
        "def slow(path, data):\n"
        "    left[0] -= 1\n"
        "    if left[0] < 0:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    put(path, data)\n"
        "transaction._put = slow\n"
        "sys.exit(main(sys.argv[2:]))\n",
        "utf-8",
    )
    python = command[0].replace("grade", "python") if len(command) == 1 else command[0]
    ended = subprocess.run(
        [python, str(killer), str(writes), "update", str(second)],
        cwd=tiny,
        env=environ(),
        capture_output=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended
    here("update", str(second))
    text = (tiny / "exercises" / "u01_area.py").read_text("utf-8")
    assert text.count("def twice(") == 1 and "(ax, ay), (bx, by) = a, b" in text and text.count(MINE) == 1
    assert here("update", str(second)).stdout.endswith("nothing to do.\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere"], "nowhere is not there."),
        (["."], "is this course itself"),
        (["solutions"], "holds no course"),
        (["--undo"], "There is no update to undo."),
        (["--undo", "--dry-run"], "--undo stands alone"),
        (["pyproject.toml"], "could not be unpacked"),
    ],
)
def test_bad_input(here, words, says):
    ran = here("update", *words)
    assert ran.returncode == 2
    assert says in " ".join(ran.stderr.split())


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_pages(here, tiny, third, golden, code):
    """With a docstring that both changed."""
    change(tiny / "exercises" / "u01_area.py", ("Return the area, never negative", "Return my area, never negative"))
    change(third / "solutions" / "u01_area.py", ("Return the area, never negative", "Return an area, never negative"))
    runs = (["update", str(third), "--dry-run"], ["update", str(third)], ["status"], ["update", "--undo"])
    said = [here("--lang", code, *words, COLUMNS="80").stdout for words in runs]
    shown = [
        f"$ grade {' '.join(words).replace(str(third), '../third')}\n{text}"
        for words, text in zip(runs, said, strict=True)
    ]
    golden(
        f"cli/update{'' if code == 'en' else f'.{code}'}.txt",
        re.sub(r"\d{8}-\d{6}(\.\d+)?", "20261128-140355", "\n".join(shown)),
    )
