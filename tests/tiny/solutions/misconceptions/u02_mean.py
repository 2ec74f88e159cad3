"""Wrong answers to unit 2 that run."""

from grader import misconception


@misconception("column_means", says="You took the mean of each row; a column mean sums over the rows, axis 0.")
def means_of_rows(table):
    return table.sum(axis=1) / table.shape[1]


@misconception("column_means", says="You divided by the number of columns; each column has N numbers.")
def divides_by_columns(table):
    return table.sum(axis=0) / table.shape[1]


@misconception("center", says="You took one mean of the whole table away; each column has its own.")
def one_mean_for_all(table):
    return table - table.sum() / table.size


@misconception("center", says="You changed the caller's table: `-=` works in place.")
def works_in_place(table):
    table -= column_means(table)
    return table
