"""What docs/editors.md promises Vim: its errorformat takes every line of `grade --format problems`."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "editors.md"


def test_vim_goes_to_the_line(grade, hand_in, tiny, tmp_path):
    """Vim itself reads what `grade` wrote, with the settings of the page; skipped where there is no Vim."""
    vim = shutil.which("vim")
    if vim is None:
        pytest.skip("no Vim here")
    hand_in("wrong")
    lines = grade("--all", "--format", "problems").stdout
    (tmp_path / "problems").write_text(lines, "utf-8")
    (setting,) = re.findall(r"^set errorformat=.*$", PAGE.read_text("utf-8"), re.MULTILINE)
    found = 'map(getqflist(), \'bufname(v:val.bufnr) .. "|" .. v:val.lnum .. "|" .. v:val.col .. "|" .. v:val.text\')'
    (tmp_path / "try.vim").write_text(
        f"{setting}\ncgetfile {tmp_path / 'problems'}\ncall writefile({found}, '{tmp_path / 'read'}')\nqall!\n", "utf-8"
    )
    words = [vim, "-N", "-u", "NONE", "-i", "NONE", "-es", "-S", str(tmp_path / "try.vim")]
    subprocess.run(words, cwd=tiny, timeout=60, check=False, stdin=subprocess.DEVNULL, capture_output=True)
    read = (tmp_path / "read").read_text("utf-8").splitlines()
    written = [re.fullmatch(r"(.+?):(\d+):(\d+): (.*)", line).groups() for line in lines.splitlines()]
    assert written
    assert read == ["|".join(parts) for parts in written]
