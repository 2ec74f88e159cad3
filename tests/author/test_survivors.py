"""`grade author mutants` through the front door: what survives, what is listed, what page and audit say."""

from pathlib import Path

import pytest

from grader.author.mutantpage import INTRODUCTION

CHECKS = "checks/test_u01_area.py"
SOLUTION = "solutions/u01_area.py"
LISTED = "solutions/mutants/u01_area.toml"
STRICT = "Polygon.area: ... zip(self.corners, following, strict={True -> False})))) / 2"
PAGE = "docs/mutants.md"


def test_all_are_caught_or_have_their_reason(grade):
    code, out, _ = grade("mutants")
    assert code == 0
    assert out.splitlines() == [
        "u01.cross                      18 mutants     18 of 18 caught",
        "u01.area                       23 mutants     20 of 20 caught   3 as good",
        "u01.scale                      12 mutants     12 of 12 caught",
        "",
        "No findings",
    ]


def test_a_survivor_is_shown_with_its_place_and_what_was_changed(grade, copy):
    line = copy.edit(
        SOLUTION, "    return a[0] * b[1] - a[1] * b[0]\n", "    return a[0] * b[1] - a[1] * b[0] + 0 * 7\n"
    )
    code, out, _ = grade("mutants", "u01.cross", "--plain")
    assert code == 1
    survivors = [text for text in out.splitlines() if "every check passes with" in text]
    assert f"solutions/u01_area.py:{line}" in out.splitlines()
    assert any("`cross: return a[0] * b[1] - a[1] * b[0] + 0 * {7 -> 8}`" in text for text in survivors)
    assert all(text.startswith("u01.cross: ") for text in survivors)
    assert out.splitlines()[-1] == f"{len(survivors)} findings"


def test_a_mutant_that_only_another_exercise_notices_is_caught(grade, copy):
    copy.edit(CHECKS, '(0.0, 1.0)), 1.0, "cross', '(0.0, 1.0)), -learner.cross((0.0, 1.0), (1.0, 0.0)), "cross')
    copy.edit(CHECKS, 'oracle.cross(a, b), "cross(a, b)")', '-learner.cross(b, a), "cross(a, b)")')
    copy.edit(SOLUTION, "return a[0] * b[1] - a[1] * b[0]", "return 7 * (a[0] * b[1] - a[1] * b[0]) / 7 + 0 * 9")
    code, out, _ = grade("mutants", "u01.cross", "--plain")
    assert code == 1
    assert "{7 -> 8}" not in out
    assert "{9 -> 8}" in out


def test_what_a_terminal_has_wrapped_can_be_listed(grade, copy):
    copy.edit(SOLUTION, "    return a[0] * b[1] - a[1] * b[0]\n", "    return a[0] * b[1] - a[1] * b[0] - 0\n")
    assert grade("mutants", "u01.cross")[0] == 1
    entry = '\n[[equivalent]]\nwhy = "nothing is taken away."\nmutants = ["""\n%s""", """%s"""]\n'
    dropped = "cross: return a[0] * b[1] - a[1]\n  * b[0]{- 0 -> }"
    added = "cross: return a[0] * b[1] - a[1] * b[0]\n  {- -> +} 0"
    with (copy.root / LISTED).open("a", encoding="utf-8") as file:
        file.write(entry % (dropped, added))
    code, out, _ = grade("mutants", "u01.cross")
    assert (code, out.splitlines()[-1]) == (0, "No findings")


def test_a_reason_that_is_not_needed_is_found(grade, copy):
    with (copy.root / LISTED).open("a", encoding="utf-8") as file:
        file.write(
            '\n[[equivalent]]\nwhy = "so it seems."\nmutants = ["cross: return a[0] * b[1] {- -> +} a[1] * b[0]"]\n'
        )
    code, out, _ = grade("mutants", "u01.cross", "--plain")
    assert code == 1
    assert (
        "a check fails on `cross: return a[0] * b[1] {- -> +} a[1] * b[0]`, so it needs no reason: take it out." in out
    )


def test_a_mutant_that_never_ends_is_caught(grade, copy):
    body = "    i = 0\n    while i < 2:\n        i += 1\n    return a[0] * b[1] - a[1] * b[0]\n"
    copy.edit(SOLUTION, "    return a[0] * b[1] - a[1] * b[0]\n", body)
    copy.edit(CHECKS, '"cross", points=3', '"cross", points=3, cpu=0.2')
    code, out, _ = grade("mutants", "u01.cross", "--plain")
    assert code == 1  # how often it goes round is nothing that a check can see
    assert "i {+= -> -=} 1" not in out
    assert "`cross: {i += 1 -> pass}`" not in out


def test_a_solution_that_fails_has_no_mutants(grade, copy):
    copy.edit(SOLUTION, "return a[0] * b[1] - a[1] * b[0]", "return a[0] * b[1] + a[1] * b[0]")
    code, _, err = grade("mutants", "u01")
    assert code == 2
    assert "the solution does not pass cross: run `grade author audit u01`." in " ".join(err.split())


def test_an_exercise_that_is_none_is_refused(grade):
    code, _, err = grade("mutants", "u01.crosss")
    assert (code, err) == (2, "No exercise of u01_area is called 'crosss'. There is: cross, area, scale.\n")


def test_the_page_is_written_and_the_audit_sees_when_it_is_old(grade, copy):
    assert grade("mutants", "--write")[0] == 0
    text = (copy.root / PAGE).read_text(encoding="utf-8")
    assert "| u01.area | 23 | 3 | 20 | 0 | 100.0 % |" in text.splitlines()
    assert "| **all** | 53 | 3 | 50 | 0 | 100.0 % |" in text.splitlines()
    assert copy.audit() == []
    copy.write(PAGE, text.replace("| u01.area | 23 |", "| u01.area | 24 |"))
    found = copy.audit()
    assert copy.places(found) == [(PAGE, 1)]
    assert "the rows of u01.area are not up to date: run `grade author mutants u01 --write`." in found[0].message


def test_a_new_unit_passes_the_audit_beside_the_page_and_writes_its_own_rows(grade, copy):
    assert grade("mutants", "--write")[0] == 0
    before = (copy.root / PAGE).read_text(encoding="utf-8")
    assert grade("new", "u02_more", "More")[0] == 0
    assert grade("audit")[0] == 0
    code, out, _ = grade("mutants", "u02", "--write")
    assert (code, f"Wrote {PAGE}" in out) == (0, True)  # and no mutant of the sample survives
    after = (copy.root / PAGE).read_text(encoding="utf-8")
    new = set(after.splitlines()) - set(before.splitlines())
    assert new == {"| u02.mean_square | 8 | 0 | 8 | 0 | 100.0 % |", "| **all** | 61 | 3 | 58 | 0 | 100.0 % |"}
    assert after[after.index("## Kinds") :] == before[before.index("## Kinds") :]
    copy.write(PAGE, after.replace("| u02.mean_square | 8 | 0 | 8 |", "| u02.mean_square | 9 | 0 | 9 |"))
    code, out, _ = grade("audit", "u02")
    assert code == 1
    assert "run `grade author mutants u02 --write`" in " ".join(out.split())


def test_a_row_of_one_exercise_is_renewed(grade, copy):
    assert grade("mutants", "--write")[0] == 0
    text = (copy.root / PAGE).read_text(encoding="utf-8")
    copy.write(
        PAGE, text.replace("| u01.area | 23 | 3 | 20 | 0 | 100.0 % |", "| u01.area | 23 | 3 | 10 | 10 | 50.0 % |")
    )
    assert grade("mutants", "u01.area", "--write")[0] == 0
    assert (copy.root / PAGE).read_text(encoding="utf-8") == text


def test_the_page_of_the_course_says_what_a_new_one_would_say():
    text = (Path(__file__).parent.parent.parent / PAGE).read_text(encoding="utf-8")
    assert text.startswith(INTRODUCTION)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("follo...", "fellow...", "there is no mutant `Polygon.area: return"),
        ('why = "both lists hold all corners."', 'why = " "', "say why `Polygon.area: ... zip("),
        (
            'mutants = ["Polygon.area: ...',
            f'mutants = ["{STRICT}", "Polygon.area: ...',
            "is listed twice",
        ),
        ('why = "both lists', 'wye = "both lists', "each [[equivalent]] needs `why` and a list `mutants`: 'why'"),
        ('mutants = ["Polygon', 'mutants = [7, "Polygon', "is no list of names"),
        ('[[equivalent]]\nwhy = "both', '[[equal]]\nwhy = "both', "'equal' is not known here"),
        ('[[equivalent]]\nwhy = "both', '[[equivalent]\nwhy = "both', "each [[equivalent]] needs"),
    ],
    ids=["stale", "no reason", "twice", "no why", "no list", "unknown table", "no toml"],
)
def test_the_audit_reads_the_list_without_trying_anything(copy, old, new, message):
    line = copy.edit(LISTED, old, new)
    found = copy.audit()
    assert {one.file.relative_to(copy.root).as_posix() for one in found} == {LISTED}
    assert message in found[0].message
    if "needs" not in message and "known" not in message and "list of" not in message:
        assert abs(found[0].line - 1 - line) <= 1


def test_a_list_of_no_unit_is_found(copy):
    copy.write("solutions/mutants/u01_aria.toml", "")
    found = copy.audit()
    assert copy.places(found) == [("solutions/mutants/u01_aria.toml", 1)]
