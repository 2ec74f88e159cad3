"""Every hostile submission, at both levels that keep them in; and proof that the arena would see what one achieves."""

import os
import re
import sys
from pathlib import Path

import pytest
from attack import BREAKS, HOLDS, HOSTILE, KEYS, UNSAFE, attacks

from grader.model import Outcome

ALL = attacks()
NAMES = [one.name for one in ALL]
EXCEPTIONS = sorted(one.name for one in ALL if one.get("process") != HOLDS)
GUIDE = Path(__file__).parents[2] / "docs" / "instructors.md"
ORDINARY = 12345  # a user who is nobody here
LEVELS = ("confined", "syscalls")
# They do what they do inside the arena's own folders, so they may succeed anywhere.
TAME = {
    "steal/solution_by_path": "it gained 3 points",
    "steal/known_files": "a secret is shown",
    "steal/hidden_answers_later": "what must not be said is shown",
    "persist/links_out_of_its_folder": "files changed",
    "persist/changed_other_submission": "the next submission's report is another one",
}


@pytest.mark.parametrize("attack", NAMES)
@pytest.mark.parametrize(("level", "user"), [(level, None) for level in LEVELS], ids=LEVELS)
def test_gains_nothing_and_leaves_nothing(attack, level, user, fights, tried):
    assert tried(level, fights(level, user).result(attack))["problems"] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="all tests run as an ordinary user here")
@pytest.mark.parametrize("attack", [name for name in NAMES if name.startswith(("steal", "persist"))])
@pytest.mark.parametrize(("level", "user"), [(level, ORDINARY) for level in LEVELS], ids=LEVELS)
def test_the_same_as_an_ordinary_user(attack, level, user, fights, tried):
    """What such a user has and root does not."""
    assert tried(level, fights(level, user).result(attack))["problems"] == []


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
def loose(fight):
    if os.geteuid() != 0:
        pytest.skip("the guide names what succeeds as root")
    held = fight("process", [one.name for one in ALL if one.get("process") == HOLDS], alone=True)
    broken = [one.name for one in ALL if one.get("process") == BREAKS]
    return {HOLDS: held, BREAKS: fight("process", broken, apart=True, alone=True)}


def test_what_the_process_level_does(loose_attack, loose):
    problems = loose[loose_attack.get("process")].result(loose_attack.name)["problems"]
    assert bool(problems) == (loose_attack.get("process") == BREAKS), problems
