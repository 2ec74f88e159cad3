"""Every hostile submission, at both levels that keep them in; and proof that the arena would see what one achieves."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from attack import BREAKS, HOLDS, HOSTILE, KEYS, UNSAFE, attacks

from grader.model import Outcome

ALL = attacks()
NAMES = [one.name for one in ALL]
EXCEPTIONS = sorted(one.name for one in ALL if one.get("process") != HOLDS)
GUIDE = Path(__file__).parents[2] / "docs" / "instructors.md"
USER = 12345
# They do what they do inside the arena's own folders, so they may succeed anywhere.
TAME = {
    "steal/solution_by_path": "it gained 3 points",
    "steal/known_files": "a secret is shown",
    "steal/hidden_answers_later": "what must not be said is shown",
    "persist/links_out_of_its_folder": "files changed",
    "persist/changed_other_submission": "the next submission's report is another one",
}


@pytest.mark.parametrize("attack", NAMES)
@pytest.mark.parametrize("level", ["confined", "syscalls"])
def test_gains_nothing_and_leaves_nothing(attack, level, fights):
    assert held(fights(level).result(attack), level)


def held(told, level):
    """Say that nothing was achieved. Skips where nothing could be tried."""
    if told["level"] != level:
        pytest.skip(f"this machine gives {told['level']}, not {level}")
    if "impossible" in told:
        pytest.skip(f"this user cannot lay it out: {told['impossible']}")
    assert told["problems"] == []
    return True


@pytest.mark.parametrize("attack", ALL, ids=NAMES)
def test_says_what_it_is(attack):
    assert not attack.facts.keys() - KEYS
    assert {"attack", "unit", "outcomes", "process"} <= attack.facts.keys()
    assert attack.get("process") in {HOLDS, BREAKS, UNSAFE}
    assert set(attack.get("outcomes").split()) <= {"refused", *(str(outcome) for outcome in Outcome)}


@pytest.mark.skipif(sys.platform != "linux", reason="the process level is Linux's")
@pytest.mark.parametrize("name", TAME)
def test_what_succeeds_at_the_process_level_is_seen(name, tame):
    assert any(TAME[name] in problem for problem in tame.result(name)["problems"])


@pytest.fixture(scope="module")
def tame(fight):
    return fight("process", list(TAME), apart=True)


def test_the_guide_names_what_the_process_level_cannot_stop():
    section = GUIDE.read_text("utf-8").partition("## What the process level cannot stop")[2].partition("\n## ")[0]
    kinds = "|".join(path.name for path in HOSTILE.iterdir() if path.is_dir())
    assert sorted({*re.findall(rf"`((?:{kinds})/\w+)`", section)}) == EXCEPTIONS


@pytest.fixture(scope="module")
def loose(request, fight):
    if not request.config.getoption("--process-level"):
        pytest.skip("on request only, since some break out for good: pytest tests/attacks --process-level")
    if os.geteuid() != 0:
        pytest.skip("the guide names what succeeds as root")
    held = fight("process", [one.name for one in ALL if one.get("process") == HOLDS])
    return {HOLDS: held, BREAKS: fight("process", EXCEPTIONS, apart=True)}


@pytest.mark.parametrize("attack", [one for one in ALL if one.get("process") != UNSAFE], ids=lambda one: one.name)
def test_what_the_process_level_does(attack, loose):
    problems = loose[attack.get("process")].result(attack.name)["problems"]
    assert bool(problems) == (attack.get("process") == BREAKS), problems


def _may_run(user):
    """Say whether a user can read what an arena needs; below a private home nobody else can."""
    command = [sys.executable, "-c", f"import grader.session, torch; open({__file__!r})"]
    try:
        return not subprocess.run(command, cwd="/", user=user, group=user, extra_groups=[], check=False).returncode
    except PermissionError:
        return False


@pytest.fixture(scope="module")
def ordinary(fight):
    """Fights of an ordinary user, by level: the attacks on what such a user has and root does not."""
    if os.geteuid() != 0:
        pytest.skip("all tests run as an ordinary user here")
    if not _may_run(USER):
        pytest.skip("this Python, or this folder, lies where only root may look")
    return {level: fight(level, ["steal", "persist"], user=USER) for level in ("confined", "syscalls")}


@pytest.mark.parametrize("attack", [name for name in NAMES if name.startswith(("steal", "persist"))])
@pytest.mark.parametrize("of", ["confined", "syscalls"])
def test_the_same_as_an_ordinary_user(attack, of, ordinary):
    assert held(ordinary[of].result(attack), of)
