"""`grade author new|build|audit` through the front door: what they print, and how they exit."""

CHECKS = "checks/test_u01_area.py"
WRONG = "solutions/misconceptions/u01_area/cross.py"


def test_new_says_what_it_wrote_and_what_is_next(grade):
    code, out, _ = grade("new", "u02_mean", "Means")
    assert code == 0
    assert out.splitlines() == [
        "Wrote solutions/u02_mean.py",
        "Wrote solutions/misconceptions/u02_mean/mean_square.py",
        "Wrote checks/test_u02_mean.py",
        "Wrote exercises/u02_mean.py",
        "",
        "Next  Write your own in these files. Then make the stub again, and audit the",
        "      unit:",
        "      grade author build u02",
        "      grade author audit u02",
    ]
    assert grade("audit", "u02")[0] == 0


def test_new_outside_a_course_says_how_to_begin_one(grade, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = grade("new", "u01_first", "First")
    assert code == 2
    assert "[tool.grader]" in err


def test_build_says_what_it_wrote(grade, copy):
    assert grade("build") == (0, "1 stub up to date\n", "")
    copy.edit("solutions/u01_area.py", "# # 1. Areas", "# # 1. Area")
    assert grade("build", "u01") == (0, "Wrote exercises/u01_area.py\n", "")


def test_build_of_a_broken_solution_names_file_and_line(grade, copy):
    copy.edit("solutions/u01_area.py", "    return a[0] * b[1] - a[1] * b[0]\n    # END SOLUTION\n", "    return 0\n")
    code, out, err = grade("build")
    assert (code, out) == (2, "")
    assert "u01_area.py:41: BEGIN SOLUTION inside the region that line 20 opened" in " ".join(err.split())


def test_an_unknown_unit_is_refused(grade):
    code, _, err = grade("build", "u07")
    assert (code, err) == (2, "No unit is called 'u07'. There is: u01_area.\n")


def test_an_audit_without_findings(grade):
    code, out, _ = grade("audit", "u01_area", "u01")
    assert code == 0
    assert out.splitlines() == [
        "u01.cross                      3 checks    2 of 2 misconceptions caught",
        "u01.area                       4 checks    3 of 3 misconceptions caught",
        "u01.scale                      4 checks    3 of 3 misconceptions caught",
        "",
        "No findings",
    ]


def test_an_audit_with_findings(grade, copy):
    copy.edit(CHECKS, '"cross", points=3', '"cross"')
    copy.edit(WRONG, "return a[0] * b[1] + a[1] * b[0]", "return a[0] * b[1] - a[1] * b[0]")
    code, out, _ = grade("audit")
    assert code == 1
    assert out.splitlines() == [
        "u01.cross                      3 checks    1 of 2 misconceptions caught",
        "u01.area                       4 checks    3 of 3 misconceptions caught",
        "u01.scale                      4 checks    3 of 3 misconceptions caught",
        "",
        "checks/test_u01_area.py:14",
        "  u01.cross: an exercise is worth a whole number of points, at least 1: not 0.",
        "",
        f"{WRONG}:7",
        "  u01.cross: adds_the_products: no check fails on it: add one that does, or take",
        "  it out.",
        "",
        "2 findings",
    ]


def test_a_plain_audit_aligns_nothing(grade):
    code, out, _ = grade("audit", "--plain")
    assert code == 0
    assert out.splitlines()[0] == "u01.cross, 3 checks, 2 of 2 misconceptions caught"


def test_a_manifest_is_written_once_and_is_found_where_it_is_stale(grade, copy):
    assert grade("manifest")[:2] == (0, "Wrote checks/manifest.json\n")
    assert grade("manifest")[:2] == (0, "Up to date: checks/manifest.json\n")
    assert grade("audit")[0] == 0
    copy.edit(WRONG, "Your two products are added", "Your products are added")
    code, out, _ = grade("audit", "u01")
    assert code == 1
    assert "checks/manifest.json:1\n  u01_area: this is not what the files of the unit make: run `grade author\n" in out
