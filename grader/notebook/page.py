"""A page of `grade` in a notebook: the very text of a terminal, as HTML where that is shown."""

import html
import re
from dataclasses import dataclass

CODE = re.compile(r"\x1b\[([0-9;]*)m")
CLASSES = {"32": "green", "31": "red", "33": "yellow", "35": "magenta", "1": "bold"}  # what report/style paints with
# JupyterLab, VS Code and Colab say in their own ways that a page is dark.
DARK = ("[data-jp-theme-light=false]", ".vscode-dark", "html[theme=dark]")
# A style of the element's own, since JupyterLab's for pre breaks inside of words. A page too wide for a window scrolls.
LAYOUT = (
    "white-space:pre;overflow-x:auto;word-break:normal;line-height:1.4;font-family:var(--jp-code-font-family,monospace)"
)
LIGHT_COLOURS = {"green": "#116329", "red": "#b3141d", "yellow": "#7a5200", "magenta": "#7b2d9c"}
DARK_COLOURS = {"green": "#6fdd8b", "red": "#ff9a94", "yellow": "#ecc76a", "magenta": "#e0a8f5"}


@dataclass(frozen=True)
class Page:
    """text: with the colours of a terminal in it."""

    text: str

    def __repr__(self) -> str:
        return CODE.sub("", self.text)

    def _repr_html_(self) -> str:
        return f'<style>{STYLE}</style><pre class="grader-page" style="{LAYOUT}">{_spans(self.text)}</pre>'


def _style() -> str:
    rules = [".grader-page .bold{font-weight:bold}"]
    for name, colour in LIGHT_COLOURS.items():
        rules.append(f".grader-page .{name}{{color:{colour}}}")
        dark = ",".join(f"{sign} .grader-page .{name}" for sign in DARK)
        rules.append(f"{dark}{{color:{DARK_COLOURS[name]}}}")
    return "".join(rules)


STYLE = _style()


def _spans(text: str) -> str:
    """Return the text as HTML; all of it is escaped, whatever a learner's code has put in."""
    pieces = CODE.split(text)  # text, codes, text, codes, ..., text
    made = [html.escape(pieces[0])]
    for codes, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        names = " ".join(CLASSES[code] for code in codes.split(";") if code in CLASSES)
        made.append(f'<span class="{names}">{html.escape(piece)}</span>' if names and piece else html.escape(piece))
    return "".join(made)
