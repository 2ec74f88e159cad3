"""The part of changing inputs that needs numpy. Loaded only where arrays go in."""

from typing import Any

import numpy as np

SHARE = 0.3


def _noise(seeds: np.ndarray, jitter: int) -> np.ndarray:
    """Return numbers from 0 to 1 that look random and depend on nothing but these two."""
    waves = np.sin(seeds * 12.9898 + jitter * 78.233) * 43758.5453
    return np.asarray(waves - np.floor(waves))


def shrunk(array: np.ndarray, jitter: int) -> np.ndarray:
    """Return floats that are smaller by up to 30 %, each by a share that depends on its value; others as they are."""
    if array.dtype.kind != "f":
        return array
    wide = array.astype(np.float64)
    with np.errstate(all="ignore"):
        less = np.where(np.isfinite(wide), wide * (1 - SHARE * _noise(wide, jitter)), wide)
    return np.asarray(less.astype(array.dtype))


def filled(array: np.ndarray, number: float) -> np.ndarray:
    """Return floats with another number in place of zeros."""
    return np.where(array == 0, array.dtype.type(number), array) if array.dtype.kind == "f" else array


def grown(array: np.ndarray, size: int, by: int) -> np.ndarray:
    """Return an array in which each axis of a size is longer; what is new resembles what is there."""
    for axis in range(array.ndim):
        if array.shape[axis] == size:
            array = np.take(array, np.arange(size + by) % size, axis=axis)
    if array.dtype.kind != "f":
        return array
    less = 1 - SHARE * _noise(np.arange(array.size, dtype=np.float64).reshape(array.shape), 7)
    return np.asarray((array * less).astype(array.dtype))


def rolled(array: np.ndarray) -> np.ndarray:
    """Return whole numbers and truth values one place further; floats as they are."""
    return np.roll(array, 1) if array.dtype.kind in "iub" else array


def shaken(array: np.ndarray, jitter: int) -> np.ndarray:
    """Return floats that have all moved a little, zeros as well."""
    places = np.arange(array.size, dtype=np.float64).reshape(array.shape)
    return np.asarray(array * (1 - SHARE * _noise(places, jitter)) + 0.01 * (1 + _noise(places, jitter + 1)))


def ordinary(array: np.ndarray, way: int) -> np.ndarray:
    """Return ordinary floats in place of all finite ones: from 0.3 to 2.5; from 2 to 12 where way is 2 or 6.

    Signs stay, are turned where way is 2, and positive where it is 6. Zeros become numbers of both signs; where way is
    3 they stay. Truth values are all true where way is 4, and false where it is 5.
    """
    if array.dtype.kind == "b" and way > 3:
        return np.full_like(array, way == 4)
    if array.dtype.kind != "f":
        return array
    wide = np.where(np.isfinite(array), array, 0.0).astype(np.float64)
    seeds = np.arange(array.size, dtype=np.float64).reshape(array.shape) + wide / (1 + abs(wide))
    signs = np.where(array == 0, np.where(_noise(seeds, 5) > 0.5, 1.0, -1.0), np.sign(wide))
    large = 2 + 10 * _noise(seeds, 3)
    numbers = {2: -signs * large, 6: large}.get(way, signs * (0.3 + 2.2 * _noise(seeds, 3)))
    keeps = ~np.isfinite(array) | ((array == 0) & (way == 3))
    return np.asarray(np.where(keeps, array, numbers).astype(array.dtype))


def put(array: np.ndarray, number: float) -> np.ndarray:
    """Return an array of one float; others as they are."""
    return np.full_like(array, number) if array.dtype.kind == "f" else array


def flipped(array: np.ndarray) -> np.ndarray:
    """Return truth values that say the opposite; numbers as they are."""
    return ~array if array.dtype.kind == "b" else array


def thrown(array: np.ndarray, jitter: int) -> np.ndarray:
    """Return floats that have all moved far: two to twelve times as large, about half of them with another sign."""
    places = np.arange(array.size, dtype=np.float64).reshape(array.shape)
    signs = np.where(_noise(places, jitter + 2) > 0.5, 1.0, -1.0)
    return np.asarray((array + 0.01) * signs * (2 + 10 * _noise(places, jitter)))


def only(array: np.ndarray, moved: np.ndarray, axis: int, index: int) -> np.ndarray:
    """Return floats of which those of one slice have moved (all where axis is -1); others as they are."""
    if array.dtype.kind != "f" or not array.size:
        return array
    found: Any = array.copy()
    chosen = tuple(slice(None) if other != axis else index for other in range(array.ndim)) if axis >= 0 else ...
    found[chosen] = moved[chosen]
    return np.asarray(found)
