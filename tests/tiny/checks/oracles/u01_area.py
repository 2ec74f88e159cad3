"""Where expected areas come from: complex numbers, and the solution."""

import cmath


def cross(a, b):
    return (complex(*a).conjugate() * complex(*b)).imag


def area(corners):
    return solution.Polygon(corners).area()


def circle(count):
    points = [cmath.exp(2j * cmath.pi * k / count) for k in range(count)]
    return [(point.real, point.imag) for point in points]
