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
    import os
    
    os._exit(0)


# %% [markdown]
# ## A shape that keeps its corners


# %%
class Polygon:
    """A closed polygon without holes. corners: at least three, in the order of the walk."""

    def __init__(self, corners: list[Corner]) -> None:
        self.corners = list(corners)

    def area(self) -> float:
        """Return the area, never negative, whichever way round the corners go."""
        total = 0.0
        for i in range(len(self.corners)):
            total += cross(self.corners[i - 1], self.corners[i])
        return abs(total) * 0.5

    def __mul__(self, factor: float) -> "Polygon":
        """Return a new polygon, every coordinate times `factor`; this one stays as it is."""
        new = []
        for x, y in self.corners:
            new.append((factor * x, factor * y))
        return Polygon(new)

    def __rmul__(self, factor: float) -> "Polygon":
        """Return `factor * self`, for a factor on the left."""
        return self.__mul__(factor)


# %%
def circumference(polygon: Polygon) -> float:
    """GIVEN. Return the length of the walk round a polygon."""
    following = polygon.corners[1:] + polygon.corners[:1]
    return sum(math.dist(a, b) for a, b in zip(polygon.corners, following, strict=True))
