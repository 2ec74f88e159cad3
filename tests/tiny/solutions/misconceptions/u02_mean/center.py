"""Wrong answers to u02.center, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception("center", says="You took one mean of the whole table away; each column has its own.")
def one_mean_for_all(table):
    return table - table.sum() / table.size


@misconception("center", says="You changed the caller's table: `-=` works in place.")
def works_in_place(table):
    table -= column_means(table)
    return table
