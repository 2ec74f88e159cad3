"""The time that a command gives: to a check, and to all of a submission."""

import json


def test_a_command_gives_a_check_so_much_time(grade):
    ran = grade("u01.cross", "--submission", "submissions/looping", "--timeout", "0.2")
    assert ran.returncode == 1
    assert "Stopped after 0.2 s of computing." in ran.stdout


def test_a_machine_gives_a_submission_so_much_time(grade):
    words = ("ci", "--submission", "submissions/looping", "--require-isolation", "split", "--format", "json")
    ran = grade(*words, "--timeout", "0.2", "--total", "0.3")
    assert ran.returncode == 1
    units = json.loads(ran.stdout)["units"]
    messages = [check["message"] for unit in units for one in unit["exercises"] for check in one["checks"]]
    assert "Not run: the 0.3 s of computing for one submission were used up before." in messages
