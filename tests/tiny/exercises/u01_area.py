# %% [markdown]
# # 1. Areas
#
# A polygon is a list of corners `(x, y)`, in the order in which you walk round it. The shoelace formula adds one
# cross product for each edge; half of the sum is the area, and its sign says which way round you walked.

# %%
import math

Corner = tuple[float, float]


# %% [markdown]
# ## One edge


# %%
def cross(a: Corner, b: Corner) -> float:
    """Return the cross product a.x * b.y - a.y * b.x: twice the signed area of the triangle origin, a, b."""
    raise NotImplementedError("TODO: cross")


# %% [markdown]
# ## A shape that keeps its corners


# %%
class Polygon:
    """A closed polygon without holes. corners: at least three, in the order of the walk."""

    def __init__(self, corners: list[Corner]) -> None:
        self.corners = list(corners)

    def area(self) -> float:
        """Return the area, never negative, whichever way round the corners go."""
        raise NotImplementedError("TODO: Polygon.area")

    def __mul__(self, factor: float) -> "Polygon":
        """Return a new polygon, every coordinate times `factor`; this one stays as it is."""
        raise NotImplementedError("TODO: Polygon.__mul__")

    def __rmul__(self, factor: float) -> "Polygon":
        """Return `factor * self`, for a factor on the left."""
        raise NotImplementedError("TODO: Polygon.__rmul__")


# %%
def circumference(polygon: Polygon) -> float:
    """GIVEN. Return the length of the walk round a polygon."""
    following = polygon.corners[1:] + polygon.corners[:1]
    return sum(math.dist(a, b) for a, b in zip(polygon.corners, following, strict=True))


# %%
# Try things here: `python exercises/u01_area.py` runs what stands below, and grading leaves it out.
if __name__ == "__main__":
    print("Nothing is tried here yet.")
