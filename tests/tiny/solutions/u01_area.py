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
    # BEGIN SOLUTION
    # HINT: Two corners, four numbers. Which two products are there?
    # HINT: The x of each corner meets the y of the other.
    #   The order decides the sign.
    # HINT: Take the second product away from the first.
    return a[0] * b[1] - a[1] * b[0]
    # END SOLUTION


# %% [markdown]
# ## A shape that keeps its corners


# %%
class Polygon:
    """A closed polygon without holes. corners: at least three, in the order of the walk."""

    def __init__(self, corners: list[Corner]) -> None:
        self.corners = list(corners)

    def area(self) -> float:
        """Return the area, never negative, whichever way round the corners go."""
        # BEGIN SOLUTION
        # HINT: What does each edge add?
        # HINT: The last corner is joined to the first.
        # HINT: Half of the sum of `cross` over all edges; an area has no sign.
        following = self.corners[1:] + self.corners[:1]
        return abs(sum(cross(a, b) for a, b in zip(self.corners, following, strict=True))) / 2
        # END SOLUTION

    def __mul__(self, factor: float) -> "Polygon":
        """Return a new polygon, every coordinate times `factor`; this one stays as it is."""
        # BEGIN SOLUTION
        # HINT: What is a corner of the new polygon?
        # HINT: Both coordinates are multiplied.
        # HINT: Make a new `Polygon` from a list of new corners.
        return Polygon([(x * factor, y * factor) for x, y in self.corners])
        # END SOLUTION

    def __rmul__(self, factor: float) -> "Polygon":
        """Return `factor * self`, for a factor on the left."""
        # BEGIN SOLUTION
        # HINT: When does Python call this method?
        # HINT: `2 * p` and `p * 2` are the same polygon.
        # HINT: You have written the multiplication already.
        return self * factor
        # END SOLUTION


# %%
def circumference(polygon: Polygon) -> float:
    """GIVEN. Return the length of the walk round a polygon."""
    following = polygon.corners[1:] + polygon.corners[:1]
    return sum(math.dist(a, b) for a, b in zip(polygon.corners, following, strict=True))
