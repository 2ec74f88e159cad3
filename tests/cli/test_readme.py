"""The page that the README shows is what `grade` prints for that very program; the Chinese one says the same things."""

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}
BLOCK = re.compile(r"(?<=```text\n\$ grade u01\.add_mul\n)(FAIL.*?)(?=```)", re.DOTALL)
BODY = """other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data {sign} other.data, (self, other), "{sign}")

        def _backward():
            {left}
            {right}

        out._backward = _backward
        return out"""
ANSWERS = {  # `=` where `+=` belongs, in the sum alone: what everybody writes first
    "__add__": BODY.format(sign="+", left="self.grad = out.grad", right="other.grad = out.grad"),
    "__radd__": "return self + other",
    "__mul__": BODY.format(
        sign="*", left="self.grad += other.data * out.grad", right="other.grad += self.data * out.grad"
    ),
    "__rmul__": "return self * other",
}


@pytest.mark.parametrize("code", READMES)
def test_the_readme_shows_what_grade_prints(tmp_path, grade, request, code):
    for name in ("solutions", "exercises", "grader/checks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    file = tmp_path / "exercises" / "u01_micrograd.py"
    text = file.read_text("utf-8")
    for name, answer in ANSWERS.items():
        text = text.replace(f'raise NotImplementedError("TODO: Value.{name}")', answer)
    file.write_text(text, "utf-8")
    said = grade("u01.add_mul", "--lang", code, cwd=tmp_path, COLUMNS="80").stdout
    readme = READMES[code]
    if request.config.getoption("--update-goldens"):
        readme.write_text(BLOCK.sub(lambda _: said, readme.read_text("utf-8"), count=1), "utf-8")
    assert BLOCK.search(readme.read_text("utf-8"))[1] == said


def test_both_have_the_same_commands_links_and_figures():
    """What is no sentence is the same in both: commands to type, rows of tables, pages that are named."""
    english, chinese = (path.read_text("utf-8") for path in READMES.values())
    for what in (
        r"```sh\n(.*?)```",  # what is typed
        r"^\| (`[^|]*`) \|",  # the first column of a table
        r"\| (\d+ \| \d+) \|$",  # exercises and points
        r"\]\((docs/[^)]*)\)",
    ):
        ours, theirs = (re.findall(what, text, re.MULTILINE | re.DOTALL) for text in (english, chinese))
        if what.startswith("```"):
            assert [one for one in theirs if one != "grade language zh\n"] == ours
        else:
            assert theirs == ours, what
