"""One look for all pictures, light and dark: colours that the colour-blind tell apart, letters that a hall can read."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from grader.language import chosen, later

INSTALL = 'pip install "chainrule[plots]"'
LACKING = later("Pictures need matplotlib and igraph. Install them: {command}; or draw in characters: --ascii")
# Fonts with Chinese letters, of Linux, Windows and macOS.
WIDE_FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Microsoft YaHei", "SimHei", "PingFang SC", "Hiragino Sans GB", "Heiti SC", "Droid Sans Fallback",
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """Colours of a picture. series: of curves, in their order (after Okabe and Ito). heat: from nothing to all."""

    paper: str
    ink: str
    faint: str
    line: str
    quiet: str
    series: tuple[str, ...]
    heat: tuple[str, ...]
    below: str
    above: str
    box: str

    @property
    def settings(self) -> dict[str, Any]:
        """What matplotlib is told. The hash salt makes the same SVG of the same picture."""
        ink = dict.fromkeys(("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"), self.ink)
        lines = dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color"), self.line)
        paper = dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), self.paper)
        sizes = {"axes.titlesize": 13, "axes.labelsize": 12, "legend.fontsize": 11}
        return {
            **ink, **lines, **paper, **sizes,
            "font.size": 11, "font.family": [*wide_font(), "DejaVu Sans"], "axes.titlelocation": "left",
            "axes.spines.top": False, "axes.spines.right": False, "axes.grid": False, "grid.color": self.faint,
            "legend.frameon": False, "lines.linewidth": 2.0, "text.parse_math": False, "axes.unicode_minus": False,
            "svg.hashsalt": "chainrule", "svg.fonttype": "path", "axes.formatter.useoffset": False,
        }  # fmt: skip


LIGHT = Look(
    paper="#ffffff", ink="#1b1f24", faint="#e3e6ea", line="#8b949e", quiet="#5b6570",
    series=("#0072b2", "#d55e00", "#009e73", "#aa4499", "#b8860b", "#56b4e9", "#1b1f24", "#882255"),
    heat=("#ffffff", "#cfe3f1", "#6baed6", "#0072b2", "#00304d"), below="#0072b2", above="#d55e00", box="#f3f6f9",
)  # fmt: skip
DARK = Look(
    paper="#14181d", ink="#e8ecf0", faint="#2b323a", line="#6e7681", quiet="#a0a9b3",
    series=("#56b4e9", "#ff9f45", "#2fc79a", "#e59cc9", "#f0e442", "#9db7ff", "#e8ecf0", "#ff7f7f"),
    heat=("#14181d", "#123a55", "#1f77a8", "#56b4e9", "#eaf6ff"), below="#56b4e9", above="#ff9f45", box="#222a32",
)  # fmt: skip


def look(*, dark: bool) -> Look:
    """Return the look."""
    return DARK if dark else LIGHT


def is_installed() -> bool:
    """Say whether pictures can be drawn here."""
    from importlib.util import find_spec

    return all(find_spec(name) is not None for name in ("matplotlib", "igraph"))


def speaks_here() -> bool:
    """Say whether the language that is spoken can be written in a picture here."""
    return chosen() != "zh" or bool(wide_font())


@cache
def wide_font() -> tuple[str, ...]:
    """Return a font with Chinese letters, if there is one."""
    from matplotlib import font_manager

    there = {font.name for font in font_manager.fontManager.ttflist}
    return tuple(name for name in WIDE_FONTS if name in there)[:1]
