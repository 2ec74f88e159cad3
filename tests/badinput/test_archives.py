"""A zip or tar archive as a submission: what is taken, and what is said of the others. Nothing is ever extracted."""

import io
import stat
import tarfile
import tracemalloc
import zipfile

import pytest

from grader.errors import SubmissionError
from grader.worker.guest import unpack

NAME = "u01_area.py"
WRONG = b"def cross(a, b):\n    return 1.0\n"
FORMATS = {"zip": "hw.zip", "tar": "hw.tar", "gz": "hw.tar.gz", "bz2": "hw.tar.bz2", "xz": "hw.tar.xz"}


@pytest.fixture
def right(folder):
    return (folder / NAME).read_bytes()


@pytest.fixture
def graded(session, tmp_path, monkeypatch):
    """Grade an archive; return the report. Nothing may appear beside it."""
    monkeypatch.chdir(tmp_path)

    def run(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        before = sorted(tmp_path.rglob("*"))
        exercises = [exercise for exercise in session.course.exercises if exercise.name in ("cross", "area")]
        try:
            return session.grade(exercises, submission=path)
        finally:
            assert sorted(tmp_path.rglob("*")) == before

    return run


def zipped(*members, change=None):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members:
            info = zipfile.ZipInfo(path)
            info.compress_type = zipfile.ZIP_DEFLATED
            if change is not None:
                change(info)
            archive.writestr(info, data)
    return buffer.getvalue()


def tarred(*members, mode="w", change=None):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for path, data in members:
            info = tarfile.TarInfo(path)
            info.size = len(data)
            if change is not None:
                change(info)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def packed(kind, *members):
    return zipped(*members) if kind == "zip" else tarred(*members, mode="w" if kind == "tar" else f"w:{kind}")


@pytest.mark.parametrize("kind", FORMATS)
def test_is_graded_like_the_folder(kind, graded, right):
    members = [("Smith, Jo/work/" + NAME, right), ("Smith, Jo/notes.txt", b"1"), (f"__MACOSX/Smith, Jo/{NAME}", b"\0")]
    report = graded(FORMATS[kind], packed(kind, *members))
    assert {str(one.outcome) for one in report.exercises} == {"pass"}
    assert (report.submission, report.units[0].file) == (FORMATS[kind], f"{FORMATS[kind]}:{NAME}")


PATHS = ["../../u01_area.py", "/etc/u01_area.py", "C:\\home\\u01_area.py", "./././u01_area.py"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_path_leads_nowhere(kind, path, graded, right):
    report = graded(FORMATS[kind], packed(kind, (path, right)))
    assert {str(one.outcome) for one in report.exercises} == {"pass"}


def test_a_file_that_is_not_in_it(graded, right):
    report = graded("hw.zip", zipped(("u02_mean.py", right)))
    assert {check.message for check in report.exercises[0].checks} == {"u01_area.py is not in hw.zip."}


def link_of_zip(info):
    info.external_attr = (stat.S_IFLNK | 0o777) << 16


def link_of_tar(info):
    info.type, info.linkname, info.size = tarfile.SYMTYPE, "/etc/passwd", 0


def hard_link_of_tar(info):
    info.type, info.linkname, info.size = tarfile.LNKTYPE, "../../solutions/u01_area.py", 0


def device_of_tar(info):
    info.type, info.devmajor, info.devminor, info.size = tarfile.CHRTYPE, 1, 5, 0


def damaged(data):
    middle = len(data) // 2
    return data[:middle] + b"\xff" * 30 + data[middle + 30 :]


def lying(data):
    """A zip whose directory says that the file is small."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 24] + (100).to_bytes(4, "little") + data[at + 28 :]


LARGE = b"\0" * (17 << 20)
REFUSED = {
    "no archive": (lambda _: b"hello", "is neither a zip nor a tar archive"),
    "empty": (lambda _: b"", "is neither a zip nor a tar archive"),
    "cut off": (lambda right: packed("gz", (NAME, right))[:100], "is neither a zip nor a tar archive"),
    "damaged": (lambda right: damaged(zipped((NAME, right))), "is neither a zip nor a tar archive"),
    "a bomb": (lambda _: zipped((NAME, LARGE)), f"{NAME} in it is larger than 1 MB"),
    "a bomb that lies": (lambda _: lying(zipped((NAME, LARGE))), "is neither a zip nor a tar archive"),
    "a bomb of tar": (lambda _: packed("gz", (NAME, LARGE)), f"{NAME} in it is larger than 1 MB"),
    "a bomb beside it": (
        lambda right: packed("xz", ("big", b"\0" * (257 << 20)), (NAME, right)),
        "unpacks to more than 256 MB",
    ),
    "too many": (lambda _: zipped(*((f"{i}", b"") for i in range(5001))), "holds more than 5000 files"),
    "a link": (lambda _: zipped((NAME, b"/etc/passwd"), change=link_of_zip), f"{NAME} in it is no plain file"),
    "a link of tar": (lambda _: tarred((NAME, b""), change=link_of_tar), f"{NAME} in it is no plain file"),
    "a hard link": (lambda _: tarred((NAME, b""), change=hard_link_of_tar), f"{NAME} in it is no plain file"),
    "a device": (lambda _: tarred((NAME, b""), change=device_of_tar), f"{NAME} in it is no plain file"),
    "twice": (
        lambda right: zipped((f"a/{NAME}", right), (f"b/{NAME}", WRONG)),
        f"holds a/{NAME} and b/{NAME}; keep the one",
    ),
    "nothing of the course": (
        lambda right: zipped(("area.py", right)),
        f"holds no file of this course, such as {NAME}",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused(name, graded, right):
    make, said = REFUSED[name]
    with pytest.raises(SubmissionError) as refused:
        graded("hw.zip", make(right))
    assert said in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_a_tar_that_holds_a_zip(graded, right):
    report = graded("hw.tar", tarred(("work/" + NAME, right), ("work/weights.npz", zipped(("w.npy", b"1")))))
    assert {str(one.outcome) for one in report.exercises} == {"pass"}


def test_names_of_members_are_shown_harmlessly(graded):
    with pytest.raises(SubmissionError) as refused:
        graded(
            "hw.tar", tarred(("a\x1b]0;x\x07\n::error::injected\n" + "b" * 3000 + "/" + NAME, b""), change=link_of_tar)
        )
    said = str(refused.value)
    assert said.isprintable()
    assert len(said) < 300


def test_an_encrypted_one(graded, right):
    data = bytearray(zipped((NAME, right)))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    with pytest.raises(SubmissionError, match=f"{NAME} in it is encrypted"):
        graded("hw.zip", bytes(data))


def test_a_huge_one_is_not_even_read(session, tmp_path):
    with (tmp_path / "hw.zip").open("wb") as file:
        file.truncate((32 << 20) + 1)
    with pytest.raises(SubmissionError, match="is larger than 32 MB"):
        session.grade(submission=tmp_path / "hw.zip")


def test_a_link_to_an_archive(session, tmp_path, right):
    (tmp_path / "other.zip").write_bytes(zipped((NAME, right)))
    (tmp_path / "hw.zip").symlink_to(tmp_path / "other.zip")
    with pytest.raises(SubmissionError, match="is a link"):
        session.grade(submission=tmp_path / "hw.zip")


def test_a_module_and_a_notebook_are_one_too_many(graded, right):
    notebook = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    report = graded("hw.zip", zipped((NAME, right), ("u01_area.ipynb", notebook)))
    assert report.earned == 0
    assert "are both there. Keep the one that is to be graded." in report.exercises[0].checks[0].message


def test_of_a_bomb_no_more_is_unpacked_than_may_be_there():
    data = zipped((NAME, bytes(64 << 20)))
    tracemalloc.start()
    try:
        with pytest.raises(unpack.BadArchive, match="is larger than 1 MB"):
            unpack.unpack(data, {NAME: 1 << 20})
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()
