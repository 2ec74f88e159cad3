"""The plots of the course: each is made of what our solutions do, and drawn."""

import re
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from grader.course import data
from grader.course.course import Course
from grader.course.plots import plots
from grader.course.training import training
from grader.plotting.characters import characters
from grader.plotting.plotter import Plotter
from grader.report.style import Style
from grader.session import Session
from grader.submission.files import Folder
from grader.submission.scanned import scan
from grader.training.asker import Text
from grader.training.trainer import Trainer

ROOT = Path(__file__).parents[2]
COURSE = Course.find(ROOT)
PLOTS = [plot for unit in COURSE.units for plot in plots(unit)]
LONG = re.compile(r"(STEPS = )\d+|(range\()300(?=\))")  # what trains on its way takes a few steps here


@pytest.fixture(scope="module")
def session():
    with Session(COURSE) as session:
        yield session


def text_of(plot):
    there = [one for one in data.catalogue(COURSE.data) if one.name in plot.data and not one.fetch]
    if not there:
        return Text()
    lines = there[0].path.read_text("utf-8").splitlines(keepends=True)
    return Text(there[0].name, there[0].path.name, "".join(lines[:400]))


def state_of(session, plot, scanned, text):
    """Return what a run of two steps has learned."""
    plan = replace(training(plot.unit.run), chunk=2)
    with closing(Trainer(plot.unit, plan, scanned, session.launcher(plot.unit), text, timeout=60.0)) as trainer:
        return trainer.advance(trainer.begin(trainer.facts(1, 2)))


def figure_of(session, plot, folder, tmp_path):
    """Return the figure of a program; what trains on its way takes two steps."""
    quick = tmp_path / plot.file.name
    quick.write_text(LONG.sub(lambda found: f"{found[1] or found[2]}2", plot.file.read_text("utf-8")), "utf-8")
    plot, text = replace(plot, file=quick), text_of(plot)
    scanned = scan(plot.unit, Folder(folder), lambda: session.launchers.reader())
    run = state_of(session, plot, scanned, text) if plot.run else None
    with closing(Plotter(plot, scanned, session.launcher(plot.unit), text, timeout=60.0)) as plotter:
        assert plotter.unwritten() is None
        return plotter.figure(plotter.data(run, plot.on, 1))


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.id)
def test_it_is_drawn_of_our_solution(session, plot, tmp_path):
    figure = figure_of(session, plot, COURSE.solutions, tmp_path)
    assert figure.lost == 0
    assert not re.search(r"\{\w+\}", f"{figure.title}{figure.note}{[panel.title for panel in figure.panels]}")
    assert len(characters(figure, Style()).splitlines()) > 5
    if find_spec("matplotlib") and find_spec("igraph"):
        from grader.plotting.picture import picture

        assert picture(figure, ".svg").startswith(b"<?xml")


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.id)
def test_it_is_drawn_of_what_others_wrote(session, plot, tmp_path, request):
    """A plot calls what exercises promise, and no given name: programs in the lecture's manner have others."""
    if not request.config.getoption("--long"):
        pytest.skip("programs of other hands: pytest --long")
    for folder in sorted((ROOT / "tests" / "submissions" / plot.unit.key).iterdir()):
        assert figure_of(session, plot, folder, tmp_path).panels, folder


def test_all_that_lists_say_is_translated():
    from grader.language import table

    for plot in PLOTS:
        for folder in plot.file.parent.glob("*/"):
            if re.fullmatch(r"[a-z]{2}", folder.name):
                assert plot.about in table(folder / plot.file.with_suffix(".toml").name), plot.id
