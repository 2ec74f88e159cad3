"""Wrong answers to u02.column_means, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception("column_means", says="You took the mean of each row; a column mean sums over the rows, axis 0.")
def means_of_rows(table):
    return table.sum(axis=1) / table.shape[1]


@misconception("column_means", says="You divided by the number of columns; each column has N numbers.")
def divides_by_columns(table):
    return table.sum(axis=0) / table.shape[1]
