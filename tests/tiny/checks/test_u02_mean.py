"""Checks of unit 2: means of arrays."""

import numpy as np

from grader import close, exercise, same

UNIT = {"title": "Means", "lecture": "", "libraries": ["numpy"], "forbid": ["numpy.mean", "numpy.average"]}


@exercise("column_means", points=2)
class TestColumnMeans:
    """One mean for each column."""

    def test_small_table(self, learner):
        """a table that you can do in your head"""
        close(learner.column_means(np.array([[1.0, 5.0], [3.0, 5.0], [5.0, 8.0]])), np.array([3.0, 6.0]), "means")

    def test_agrees_with_the_oracle(self, learner, oracle, rng):
        """any table"""
        table = rng.normal(size=(5, 3))
        close(learner.column_means(table), oracle.column_means(table), "column_means(table)")


@exercise("center", points=3, needs=("column_means",))
class TestCenter:
    """Each column of the result has mean 0."""

    def test_means_are_zero(self, learner, rng):
        """means are zero"""
        table = rng.normal(size=(4, 3)) + 2.0
        centred = learner.center(table)
        close(centred[0] - centred[1], table[0] - table[1], "distance of two rows")
        close(centred.sum(axis=0), np.zeros(3), "sum of each column", rtol=0, atol=1e-12)

    def test_agrees_with_the_oracle(self, learner, oracle, rng):
        """any table"""
        table = rng.normal(size=(3, 6))
        close(learner.center(table), oracle.center(table), "center(table)")

    def test_the_table_stays(self, learner, props, rng):
        """the table you were given is not changed"""
        table = rng.normal(size=(3, 2))
        close(learner.center(table), table - table.mean(axis=0), "center(table)")
        same(props.change_of(table), 0.0, "largest change of the table")
