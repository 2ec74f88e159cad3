"""One unit of a course: its files, its rules, what its exercises need."""

import ast
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from grader import store
from grader.course.declarations import Exercise, Rule, unit_key
from grader.course.manifest import OfUnit
from grader.language import of_course, phrase

OTHERS = {"mutants", "bases", "misconceptions"}  # beside the solutions, and no language
SHARED = "_shared"  # beside the files of exercises: what several of them need


@cache
def _helpers(source: bytes) -> dict[str, str]:
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return {one.name: (ast.get_docstring(one) or "").partition("\n")[0] for one in functions}


@dataclass(frozen=True)
class Unit:
    """One module of a course and the files that belong to it; any but `checks` may be missing.

    libraries: what it may import besides the standard library. scratch: whether its answers write files.
    run: trains it at length. plots: what is drawn of it. misconceptions: a folder with a file an exercise.
    manifest: what stands for files that a release left out.
    """

    name: str
    title: str
    lecture: str
    libraries: tuple[str, ...]
    forbid: tuple[Rule, ...]
    scratch: bool
    exercises: tuple[Exercise, ...]
    checks: Path
    hidden: Path
    oracles: Path
    props: Path
    run: Path
    plots: Path
    solution: Path
    misconceptions: Path
    mutants: Path
    stub: Path
    manifest: OfUnit = field(default=OfUnit(), compare=False)

    @property
    def key(self) -> str:
        """`u05` of `u05_backprop_ninja`."""
        return unit_key(self.name)

    @property
    def has_arrays(self) -> bool:
        """Whether numbers come in arrays, of numpy or torch; else the unit is pure Python to its checks."""
        return bool({"numpy", "torch"} & set(self.libraries))

    @property
    def helpers(self) -> dict[str, str]:
        """The functions of its props by name, and what each says of itself in the first line of its docstring."""
        return _helpers(self.props.read_bytes()) if self.props.exists() else {}

    def asks_helper(self, asked: str) -> bool:
        """Say whether a question, `gradients(a, b)`, was put to helper code of the check."""
        return asked.partition("(")[0] in self.helpers

    @property
    def bases(self) -> dict[str, Path]:
        """Programs that are right but for edges, written as learners write after the lecture, by name.

        Each stands below the solution, whose names it replaces; misconceptions are made on them, too.
        """
        folder = self.solution.parent
        left_out = [folder / name for name in self.manifest.files if name.startswith("bases/")]
        found = sorted({*(folder / "bases").glob(f"{self.name}.*.py"), *left_out})
        return {path.stem.partition(".")[2]: path for path in found}

    def needed(self, exercise: Exercise) -> tuple[str, ...]:
        """Return the names of the exercises that one needs, and of those that these need, in teaching order."""
        needs = {one.name: one.needs for one in self.exercises}
        found, waiting = set[str](), list(exercise.needs)
        while waiting:
            name = waiting.pop()
            if name in needs and name not in found:
                found.add(name)
                waiting += needs[name]
        return tuple(name for name in needs if name in found)

    def wrong_file(self, exercise: str) -> Path:
        """Return where the misconceptions of an exercise are, or would be. exercise: its name or id."""
        return self.misconceptions / f"{exercise.rpartition('.')[2]}.py"

    def wrong_files(self, exercise: str) -> tuple[Path, ...]:
        """Return the files that make the misconceptions of an exercise, in their order; each may be missing."""
        return self.wrong_file(SHARED), self.wrong_file(exercise)

    def digest(self, *files: Path) -> bytes:
        """Return a digest of files of the unit; for one that a release left out the manifest's, if it is there."""
        return store.key(*(self._digest(path).encode() for path in files)).encode()

    def _digest(self, path: Path) -> str:
        if path.exists():
            return store.digest(path)
        folder = self.solution.parent
        return self.manifest.files.get(path.relative_to(folder).as_posix(), "") if folder in path.parents else ""

    def sources(self, exercise: Exercise) -> bytes:
        """Return the digest of what our answers under the checks of an exercise depend on, misconceptions apart."""
        hidden = exercise.hidden or self.manifest.hidden.get(exercise.name, "")
        files = self.digest(self.solution, self.oracles, self.props)
        return store.key(exercise.source.encode(), hidden.encode(), files).encode()

    @property
    def translations(self) -> dict[str, Path]:
        """The folders of its translations, by the code of the language: a file an exercise, and `_shared.toml`."""
        found = sorted(self.misconceptions.parent.glob(f"*/{self.name}"))
        return {path.parent.name: path for path in found}

    def in_words(self, says: str, exercise: str = "") -> str:
        """Return a sentence in the language that is spoken, English where it is not translated.

        exercise: the name or id of the one whose misconception says it; the reasons of rules are shared by all.
        """
        name = exercise.rpartition(".")[2] or SHARED
        return of_course(says, self.misconceptions.parent, f"{self.name}/{name}")

    @property
    def written(self) -> dict[str, Path]:
        """The translations of what its files say to a reader, prose, contracts, hints, titles, by language."""
        found = sorted(self.solution.parent.glob(f"*/{self.name}.toml"))
        return {path.parent.name: path for path in found if path.parent.name not in OTHERS}

    def said(self, text: str) -> str:
        """Return such a text in the language that is spoken, English where it is not translated."""
        return of_course(text, self.solution.parent, self.name)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What it forbids, and what its exercises do."""
        return self.forbid + tuple(rule for exercise in self.exercises for rule in exercise.forbid)

    def reason(self, reason: str) -> str:
        """Return the reason of a rule, which may be empty, in the language that is spoken."""
        return self.in_words(reason) if reason else phrase("the point is to write it yourself")

    def refusal(self, name: str, exercise: Exercise) -> str:
        """Return the sentence on a name that was used and is forbidden."""
        found = (rule for rule in (*self.forbid, *exercise.forbid) if fnmatchcase(name, rule.name))
        rule = next(found, Rule(name))
        return phrase("{name} is not allowed here: {reason}.", name=name, reason=self.reason(rule.reason))
