"""What was not handed in, or is no submission: one sentence, an outcome of its own, and a report all the same."""

import json
import shutil
import xml.etree.ElementTree as ET
import zipfile

import pytest

FORMATS = ("text", "json", "junit", "markdown")
NOT_THERE = "u02_mean.py was not handed in."


@pytest.fixture
def folder(tiny, tmp_path):
    """A submission somewhere else on the machine that holds unit 1 only."""
    path = tmp_path / "elsewhere" / "alice"
    path.mkdir(parents=True)
    shutil.copy(tiny / "submissions" / "right" / "u01_area.py", path)
    return path


@pytest.fixture
def reported(here, folder, tmp_path):
    """Grade a submission and return the exit code and the report in a format."""

    def run(form, submission=folder, *words):
        out = tmp_path / f"report.{form}"
        out.unlink(missing_ok=True)
        ran = here("ci", *words, "--format", form, "--submission", str(submission), "--out", str(out))
        return ran.returncode, out.read_text("utf-8")

    return run


@pytest.mark.parametrize("form", FORMATS)
def test_a_missing_file_is_said_once(form, reported, tmp_path):
    code, said = reported(form)
    assert code == 3
    assert said.count("was not handed in") == 1
    assert said.lower().count("missing") <= 6
    assert str(tmp_path) not in said
    assert "progress" not in said or form == "text"


def test_the_outcome_tells_not_handed_in_from_broken(reported, folder):
    document = json.loads(reported("json")[1])
    assert (document["exit"], document["outcome"], document["message"]) == (3, "missing", "")
    there, gone = document["units"]
    assert (there["outcome"], there["message"]) == ("pass", "")
    assert (gone["outcome"], gone["message"], gone["file"]) == ("missing", NOT_THERE, "u02_mean.py")
    assert [(one["outcome"], one["earned"]["exact"], one["checks"]) for one in gone["exercises"]] == [
        ("missing", "0", [])
    ] * len(gone["exercises"])
    assert document["points"] == sum(one["points"] for unit in document["units"] for one in unit["exercises"])
    (folder / "u01_area.py").write_text("def broken(:\n", "utf-8")
    document = json.loads(reported("json")[1])
    assert (document["exit"], document["outcome"]) == (1, "syntax")


def test_a_unit_alone(reported, folder):
    code, said = reported("json", folder, "u01")
    assert (code, json.loads(said)["outcome"]) == (0, "pass")
    code, said = reported("json", folder, "u02")
    document = json.loads(said)
    assert (code, document["outcome"], document["unverified"]) == (3, "missing", False)


def test_in_junit_it_is_one_case_that_was_skipped(reported):
    suite = ET.fromstring(reported("junit")[1])[1]  # noqa: S314 (ours)
    (case,) = suite.findall("testcase")
    assert (case.get("classname"), case.get("name")) == ("u02_mean", "the file was handed in")
    assert case.find("skipped").get("message") == NOT_THERE
    assert (suite.get("tests"), suite.get("skipped")) == ("1", "1")


NEAR = {
    "u02_mean (1).py": "u02_mean (1).py is there. If that is it, name it u02_mean.py.",
    "mean_lastname.py": "mean_lastname.py is there. If that is it, name it u02_mean.py.",
    "lastname_12345_67890_u02_mean-2.py": "lastname_12345_67890_u02_mean-2.py is there. If that is it, name it",
    "U02.ipynb": "U02.ipynb is there. If that is it, name it u02_mean.ipynb.",
    "hw/u02_mean.py": "hw/u02_mean.py is there. If that is it, the folder that holds it is the one to grade.",
    "u02_mean\x1b[31m\u202e.py": "u02_mean\\x1b[31m\\u202e.py is there.",
}


@pytest.mark.parametrize("name", NEAR)
@pytest.mark.parametrize("packed", [False, True])
def test_the_near_miss_is_named(name, packed, reported, folder, tmp_path):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("def broken(:", "utf-8")
    submission = folder
    if packed:
        submission = tmp_path / "elsewhere" / "alice.zip"
        with zipfile.ZipFile(submission, "w") as archive:
            for file in ("u01_area.py", name):
                archive.write(folder / file, f"alice/{file}")
    _, said = reported("json", submission)
    document = json.loads(said)
    if packed and name == "hw/u02_mean.py":  # in an archive a file may lie in any folder
        assert document["units"][1]["outcome"] == "syntax"
        return
    first, second = document["units"][1]["message"].split("\n")
    assert first == ("u02_mean.py is not in alice.zip." if packed else NOT_THERE)
    assert NEAR[name] in second


@pytest.mark.parametrize("name", ["notes.py", "u01_area_old.py", "mean.txt", "u03_mean.py"])
def test_what_is_far_or_another_unit_is_not_named(name, reported, folder):
    (folder / name).write_text("", "utf-8")
    assert json.loads(reported("json")[1])["units"][1]["message"] == NOT_THERE


def test_every_near_miss_is_in_the_text(reported, folder):
    (folder / "u01_area.py").rename(folder / "u01_area (2).py")
    shutil.copy(folder / "u01_area (2).py", folder / "u02_mean.py")  # not what is asked for there
    code, said = reported("text")
    assert code == 1
    assert "u01_area (2).py is there. If that is it, name it u01_area.py." in " ".join(said.split())


NO_SUBMISSION = {
    "a damaged archive": ("hw.zip", b"PK\x03\x04 and no more", "error", "neither a zip nor a tar"),
    "an empty folder": ("hw", None, "missing", "hw holds no file of this course, such as u01_area.py."),
    "a path that is not there": ("gone", b"", "error", "gone is not a folder"),
}


@pytest.mark.parametrize("name", NO_SUBMISSION)
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_no_submission_has_a_report_too(name, form, reported, tmp_path):
    file, data, outcome, sentence = NO_SUBMISSION[name]
    path = tmp_path / file
    if data is None:
        path.mkdir()
    elif data:
        path.write_bytes(data)
    code, said = reported(form, path)
    assert code == 2
    assert sentence in " ".join(said.split())
    assert str(tmp_path) not in said
    if form == "json":
        document = json.loads(said)
        assert (document["exit"], document["outcome"]) == (2, outcome)
        assert sentence in document["message"]
        assert (document["earned"]["exact"], document["points"]) == ("0", 16)
    if form == "junit":
        cases = ET.fromstring(said).iter("testcase")  # noqa: S314 (ours)
        assert [case.get("classname") for case in cases] == ["submission"]


def test_a_folder_with_one_misnamed_file(here, tmp_path):
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / "mean_bob.py").write_text("", "utf-8")
    ran = here("ci", "--submission", str(tmp_path / "bob"))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "mean_bob.py is there. If that is it, name it u02_mean.py." in ran.stderr


@pytest.mark.parametrize(
    ("out", "said"), [("gone/x.json", "There is no folder gone, so x.json cannot be written."), (".", ". is a folder")]
)
def test_where_the_report_cannot_be_written_is_said_before_anything_is_graded(here, tiny, out, said):
    ran = here("ci", "--format", "json", "--out", out, "--submission", "submissions/dying")
    assert ran.returncode == 2
    assert said in ran.stderr
    assert not (tiny / "gone").exists()


def test_a_learner_who_deleted_a_file_is_told_how_to_get_it_back_once(here, tiny, hand_in):
    hand_in("right", "u02")
    assert here("u02").returncode == 0
    (tiny / "exercises" / "u02_mean.py").unlink()
    ran = here("u02")
    assert ran.returncode == 3
    assert ran.stdout.count("exercises/u02_mean.py is not there. Put it back: grade reset u02") == 1
    assert here("-q", "u02").stdout.count("\n") == 1
    shutil.copy(tiny / "submissions" / "right" / "u02_mean.py", tiny)
    moved = "exercises/u02_mean.py is not there, but u02_mean.py is. Move it back into exercises."
    assert moved in " ".join(here("u02").stdout.split())
    assert "2 of 5 done" in here("status").stdout  # nothing that was passed is taken back


def test_in_chinese(grade, folder):
    shutil.copy(folder / "u01_area.py", folder / "mean.py")
    said = grade("ci", "--lang", "zh", "--submission", str(folder)).stdout
    assert "没有提交 u02_mean.py。" in said
    assert "有一个 mean.py。如果就是它，请改名为 u02_mean.py。" in said


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "u01_area.py is empty."),
        ("import math\n", "u01_area.py has no cross. Was it renamed or deleted?"),
        ("x = 1\0\n", "In an editor save it as UTF-8."),
    ],
    ids=["empty", "without an answer", "with null bytes"],
)
def test_whoever_grades_others_is_not_told_to_reset(reported, folder, source, says):
    (folder / "u01_area.py").write_text(source, "utf-8")
    page = reported("text", folder, "u01")[1]
    assert says in " ".join(page.split())
    assert "grade reset" not in page
    rows = [
        line for line in reported("markdown", folder, "u01")[1].split("\n") if "u01.cross" in line and line[0] == "|"
    ]
    assert rows
    assert not any(row.endswith("|  |") for row in rows)


def test_nothing_is_said_of_progress_where_none_is_recorded(here, hand_in):
    hand_in("unparsable")
    words = "until it is fixed."
    assert f"{words} Your progress is kept." in " ".join(here("u01").stdout.split())
    for command in (["ci", "u01", "--accept-isolation", "split"], ["u01", "--submission", "submissions/unparsable"]):
        said = " ".join(here(*command).stdout.split())
        assert words in said
        assert "progress" not in said.lower()


def test_a_report_names_no_path_of_the_machine_on_standard_output_either(here, folder):
    (folder / "u01_area.py").write_text("def cross(a, b):\n    return 0.0\n", "utf-8")
    said = here("ci", "u01.cross", "--submission", str(folder)).stdout
    assert "  u01_area.py:1  in cross" in said
    assert str(folder.parent) not in said


@pytest.mark.parametrize("form", ["text", "json", "junit", "markdown"])
def test_a_secret_seed_is_in_no_report(here, folder, form):
    words = ("ci", "u01.cross", "--submission", str(folder), "--format", form, "--seed", "987654321")
    assert "987654321" not in here(*words).stdout
    assert ("987654321" in here(*words, "--show-hidden").stdout) is (form in ("json", "junit"))
    assert json.loads(here("ci", "u01.cross", "--format", "json").stdout)["seed"] is not None
