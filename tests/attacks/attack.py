"""Hostile submissions: what each file says of itself, and how it is laid out in a folder.

A hostile file begins with what it is, one `# key: value` a line:
    attack     what it tries
    unit       the unit whose file it is; one of the tiny course, or of the course beside this file
    exercises  which are graded; by default the first of the unit
    outcomes   how an exercise may end; `refused` where the submission is turned away as a whole
    process    what the process level does about it: holds, breaks, or unsafe: then it is not run there at all
    gains      points that it gets away with: a gap that is known
    budget     `short` for those that only wait, so that the tests need not
    silent     a word that no learner may read in a report
    source     a Python expression that makes the file's text, for files that are too large to keep
    encoding   of the file
    as         the file's name, where it is no module of the unit; an archive is the whole submission
    folder     what else lies in the submission: `link NAME TARGET`, `name NAME TARGET` (a hard link), `pipe NAME`,
               `socket NAME`, `device NAME`, `folder NAME`, `sparse NAME`, `file NAME TEXT`
`@COURSE@`, `@OTHER@` (somebody else's submission), `@HOST@` (the grader's process number) and the like are filled in:
the attacker knows everything.
"""

import contextlib
import dataclasses
import os
import re
import socket
import stat
from pathlib import Path

import packed

HOSTILE = Path(__file__).parent / "hostile"
KEYS = {"attack", "unit", "exercises", "outcomes", "process", "gains", "budget", "silent", "source", "encoding", "as"}
ARCHIVES = (".zip", ".tar", ".tgz")
HOLDS, BREAKS, UNSAFE = "holds", "breaks", "unsafe"


@dataclasses.dataclass(frozen=True)
class Attack:
    """One hostile file and its header. name: KIND/FILE."""

    name: str
    facts: dict[str, str]
    folder: tuple[str, ...]
    text: str

    @classmethod
    def read(cls, path):
        text = path.read_text("utf-8")
        pairs = re.findall(r"^# (\w+): (.*)$", text.partition("\n\n")[0], re.MULTILINE)
        facts = {key: value for key, value in pairs if key != "folder"}
        folder = tuple(value for key, value in pairs if key == "folder")
        return cls(f"{path.parent.name}/{path.stem}", facts, folder, text)

    def get(self, key, otherwise=""):
        return self.facts.get(key, otherwise)

    @property
    def source(self):
        expression = self.get("source")
        text = eval(expression, vars(packed)) if expression else self.text  # noqa: S307 (ours)
        return text if isinstance(text, bytes) else text.encode(self.get("encoding", "utf-8"))

    def put(self, folder, known):
        """Write the submission and return where it lies. known: what stands for the words between @."""

        def filled(text):
            return re.sub(r"@[A-Z]+@", lambda match: known.get(match[0], match[0]), text)

        folder.mkdir(parents=True)
        source = self.source
        for word, value in known.items():
            source = source.replace(word.encode(), value.encode())
        file = self.get("as", f"{self.get('unit')}.py")
        if not any(line.split()[1] == file for line in self.folder):
            (folder / file).write_bytes(source)
        for line in self.folder:
            _make(folder, *filled(line).split(" ", 2))
        return folder / file if file.endswith(ARCHIVES) else folder


def attacks(only=()):
    """All of them, or those of a name or of a kind."""
    found = [Attack.read(path) for path in sorted(HOSTILE.glob("*/*.py"))]
    return [one for one in found if not only or {one.name, one.name.partition("/")[0]} & {*only}]


def _make(folder, what, name, rest=""):
    """One thing that lies in the submission."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if what == "link":
        path.symlink_to(rest)
    elif what == "name":
        path.hardlink_to(rest)
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "socket":
        with socket.socket(socket.AF_UNIX) as made, contextlib.chdir(folder):
            made.bind(name)
    elif what == "device":
        os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    elif what == "folder":
        path.mkdir()
    elif what == "sparse":
        path.touch()
        os.truncate(path, 1 << 40)
    elif what == "file":
        path.write_bytes(rest.replace("\\n", "\n").encode())
    else:
        raise ValueError(what)
