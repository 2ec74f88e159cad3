"""Checks of unit 3: files, and functions that are lent."""

from grader import close, exercise, same

UNIT = {"title": "Notes", "lecture": "", "libraries": [], "forbid": [], "scratch": True}


@exercise("keep", points=2)
class TestKeep:
    """Texts are written to files and read again."""

    def test_two_texts(self, learner):
        """of each text its length comes back"""
        same(learner.keep(["ab", "cde"]), [2, 3], "keep(['ab', 'cde'])")


@exercise("total", points=2)
class TestTotal:
    """A function is called for each of the first whole numbers, and what it gives is added up."""

    def test_squares(self, learner):
        """of five squares"""
        close(learner.total(lambda k: k * k / 2.0, 5), 15.0, "total(f, 5)")
