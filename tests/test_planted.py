"""Faults planted in the engine: one that is noticed, one that is not, and a list that does not fit the tree."""

import pytest

from bench.planted import fault as lists
from bench.planted.fault import Fault, Stale, faults, require_fresh
from bench.planted.trial import BROKEN, FOUND, MISSED, ROOT, UNTRIED, Copy

FRAMES = "tests/worker/test_frames.py"
WAS = "        if length > MAX_FRAME_BYTES:"


@pytest.fixture(scope="module")
def copy():
    with Copy() as made:
        yield made


def planted(becomes, *tests):
    return Fault("wire/made", "grader/worker/wire/frames.py", WAS, becomes, tests or (FRAMES,))


def test_a_fault_that_is_noticed_names_the_test(copy):
    ended = copy.tried(planted("        if False:"))
    assert ended.what == FOUND
    assert FRAMES in ended.said


def test_a_fault_that_nobody_notices_is_said(copy):
    assert copy.tried(planted(f"{WAS}  # nothing is wrong with it")).what == MISSED


def test_a_copy_is_as_it_was_when_a_fault_was_tried(copy):
    path = copy.root / "grader/worker/wire/frames.py"
    copy.tried(planted("        if False:"))
    assert path.read_bytes() == (ROOT / "grader/worker/wire/frames.py").read_bytes()
    assert copy.run((FRAMES,)).what == MISSED


def test_tests_that_are_not_there_and_faults_that_do_not_load_prove_nothing(copy):
    assert copy.tried(planted(WAS, f"{FRAMES}::test_that_is_not_there")).what == BROKEN
    assert copy.tried(planted("        if (:")).what == BROKEN


def test_tests_that_are_all_skipped_prove_nothing(copy):
    path = copy.root / "tests" / "test_skipped.py"
    path.write_text("import pytest\n\n\ndef test_it():\n    pytest.skip('not here')\n", "utf-8")
    assert copy.run(("tests/test_skipped.py",)).what == UNTRIED


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"was": "a text that stands nowhere"}, "has the text 0 times"),
        ({"was": "length"}, "has the text"),
        ({"file": "grader/nowhere.py"}, "nowhere.py"),
        ({"tests": ("tests/nowhere.py::test_a",)}, "there is no tests/nowhere.py"),
    ],
)
def test_a_list_that_does_not_fit_the_tree_is_an_error(changes, said):
    facts = {"name": "x/y", "file": "grader/worker/wire/frames.py", "was": WAS, "becomes": "", "tests": (FRAMES,)}
    with pytest.raises(Stale, match=said):
        require_fresh(ROOT, [Fault(**facts | changes)])


def test_a_name_that_no_fault_has_is_an_error():
    with pytest.raises(Stale, match="no fault has 'nothing of the kind'"):
        faults(["nothing of the kind"])
    assert {one.name.partition("/")[0] for one in faults()} == {path.stem for path in lists.FAULTS.glob("*.toml")}


def test_a_misspelt_key_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(lists, "FAULTS", tmp_path)
    (tmp_path / "made.toml").write_text('["a"]\nfile = "x"\nwas = "a"\nbecomes = "b"\ntest = ["t"]\n', "utf-8")
    with pytest.raises(Stale, match=r"made\.toml: a: .*test"):
        faults()


def test_every_planted_fault_fits_the_tree():
    require_fresh(ROOT, faults())
