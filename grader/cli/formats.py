"""The formats of a report, as an option of a command."""

from typing import Any

import click

from grader.language import phrase

MADE_OF = ("json", "junit")  # they say of what a report was made


class Format(click.ParamType[str]):
    """One of the report formats; they are looked up when asked for, not when the command is made."""

    name = "format"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002 (click's)
        """Name them all."""
        from grader.report import FORMATS

        return f"[{'|'.join(sorted(FORMATS))}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name of a format that there is."""
        from grader.report import FORMATS

        if value not in FORMATS:
            self.fail(
                phrase("{value} is not one of {all}.", value=repr(value), all=", ".join(sorted(FORMATS))), param, ctx
            )
        return str(value)
