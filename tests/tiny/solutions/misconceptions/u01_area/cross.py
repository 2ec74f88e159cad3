"""Wrong answers to u01.cross, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception("cross", says="Your two products are added; a cross product is a difference.")
def adds_the_products(a, b):
    return a[0] * b[1] + a[1] * b[0]


@misconception("cross", says="You turned the sign round: cross(a, b) is positive when b lies to the left of a.")
def turned_round(a, b):
    return a[1] * b[0] - a[0] * b[1]
