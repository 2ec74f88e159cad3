"""Translations of misconceptions: an audit finds what is missing, stale or no TOML; a course without any is fine."""

import shutil

WRONG = "solutions/misconceptions/u01_area/scale.py"
CHINESE = "solutions/misconceptions/zh/u01_area/scale.toml"
REASONS = "solutions/misconceptions/zh/u01_area/_shared.toml"
SAYS = "Only the first coordinate is multiplied."


def test_a_translated_unit_and_one_without_translations_have_no_findings(copy):
    assert copy.audit() == []
    shutil.rmtree(copy.root / "solutions" / "misconceptions" / "zh")
    assert copy.audit() == []


def test_a_sentence_that_changed_is_missing_and_its_translation_is_stale(copy):
    at = copy.edit(WRONG, SAYS, "Only x is multiplied.")
    line = 1 + (copy.root / CHINESE).read_text(encoding="utf-8").split("\n").index(
        next(row for row in (copy.root / CHINESE).read_text(encoding="utf-8").split("\n") if SAYS in row)
    )
    missing, stale = copy.audit()
    assert copy.places([missing, stale]) == [(WRONG, at + 1), (CHINESE, line)]
    assert missing.message == "zh/u01_area/scale.toml: one_coordinate has no translation here: 'Only x is multiplied.'"
    assert stale.message.startswith(f"no misconception says this any more: {SAYS!r}.")


def test_a_reason_of_a_rule_is_translated_too(copy):
    path = copy.root / REASONS
    path.write_text("\n".join(row for row in path.read_text("utf-8").split("\n") if "new corners" not in row), "utf-8")
    (missing,) = copy.audit()
    says = "the reason of a rule has no translation here: 'make a new polygon out of new corners'"
    assert missing.message == f"zh/u01_area/_shared.toml: {says}"


def test_files_of_no_exercise_and_of_a_whole_unit_are_found(copy):
    folder = (copy.root / CHINESE).parent
    (folder / "scale.toml").rename(folder / "scales.toml")
    folder.with_suffix(".toml").write_text("", encoding="utf-8")
    messages = [one.message for one in copy.audit()]
    assert "unit u01 has no exercise 'scales': a file of translations is called like one." in messages
    assert (
        "translations are a file an exercise: move each sentence to u01_area/EXERCISE.toml beside this file."
        in messages
    )
    assert sum("has no translation here" in message for message in messages) == 3


def test_a_file_that_is_no_toml(copy):
    copy.write(CHINESE, "not toml")
    (found,) = copy.audit()
    assert copy.places([found]) == [(CHINESE, 1)]
    assert found.message.startswith("this is no TOML: ")
