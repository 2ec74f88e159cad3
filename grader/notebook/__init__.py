"""Notebooks: made from a unit's file, and `%load_ext grader.notebook`, which grades from inside one.

A kernel that loads this holds nothing of the grader but the magics: each runs `grade` in a process of its own.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Do what `%load_ext grader.notebook` asks for."""
    from grader.notebook.magics import GradeMagics

    shell.register_magics(GradeMagics)
