"""Qualified names, `Value.__add__`: what they are part of."""


def is_in(name: str, whole: str) -> bool:
    """Say whether a name is a function or class, or a part of it: `Value.exp` is in `Value.exp` and in `Value`."""
    return f"{name}.".startswith(f"{whole}.")


def outermost(name: str) -> str:
    """Return the function or method that a function stands in: `Value.exp` for `Value.exp.<locals>._backward`."""
    return name.partition(".<locals>")[0]
