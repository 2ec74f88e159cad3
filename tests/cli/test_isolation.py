"""Below the level that was asked for nothing of a learner's is touched; what was accepted instead is in the report."""

import json
import shutil
from pathlib import Path

import pytest

RIGHT = ("ci", "--submission", "submissions/right")
LEAST = {"GRADE_ISOLATION": "process"}  # the most that such a worker reaches is `process`, if that


@pytest.fixture
def archive(tiny):
    """A submission that a worker has to unpack before anything is known of it."""
    return shutil.make_archive(str(tiny / "work"), "zip", tiny / "submissions" / "right")


def test_below_the_level_that_is_asked_for_nothing_is_graded(grade):
    ran = grade(*RIGHT, "--require-isolation", "confined", "--format", "json", **LEAST)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "This needs isolation level 'confined'" in ran.stderr
    assert "--accept-isolation" in ran.stderr


def test_an_archive_is_not_even_unpacked(grade, archive):
    """One that is none would be told so, had somebody looked."""
    Path(archive).write_bytes(b"no archive at all")
    ran = grade("ci", "--submission", archive, "--require-isolation", "confined", **LEAST)
    assert ran.returncode == 2
    assert "This needs isolation level 'confined'" in ran.stderr


def test_what_is_accepted_instead_is_marked_in_every_format(grade):
    accepts = ("--require-isolation", "confined", "--accept-isolation", "split")
    document = json.loads(grade(*RIGHT, *accepts, "--format", "json", **LEAST).stdout)
    assert (document["unverified"], document["exit"]) == (True, 0)
    assert document["isolation"] != "confined"
    assert 'name="unverified" value="true"' in grade(*RIGHT, *accepts, "--format", "junit", **LEAST).stdout
    for form in ("text", "markdown"):
        said = " ".join(grade(*RIGHT, *accepts, "--format", form, **LEAST).stdout.split())
        assert "unverified" in said.lower(), form


def test_a_level_below_what_is_accepted_is_refused_too(grade):
    ran = grade(*RIGHT, "--require-isolation", "confined", "--accept-isolation", "syscalls", **LEAST)
    assert ran.returncode == 2
    assert "This needs isolation level 'syscalls'" in ran.stderr


def test_a_level_that_is_reached_needs_no_mark(grade):
    accepts = ("--require-isolation", "split", "--accept-isolation", "split")
    document = json.loads(grade(*RIGHT, *accepts, "--format", "json", **LEAST).stdout)
    assert document["unverified"] is False


def test_a_machine_requires_system_calls_to_be_filtered_unless_it_is_told_otherwise(grade):
    ran = grade(*RIGHT, **LEAST)
    assert ran.returncode == 2
    assert "This needs isolation level 'syscalls'" in ran.stderr
