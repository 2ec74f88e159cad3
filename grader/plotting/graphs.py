"""Where the nodes of a graph stand: igraph's layers (Sugiyama), turned so that values flow from left to right."""

from functools import lru_cache

from grader.plotting.figure import Graph

ACROSS, DOWN = 1.45, 0.95  # inches between layers, and between nodes of one


@lru_cache(maxsize=16)
def _places(count: int, edges: tuple[tuple[int, int], ...]) -> tuple[tuple[float, float], ...]:
    import igraph

    graph = igraph.Graph(n=count, edges=list(edges), directed=True)
    # Layers from the end: an input stands right before what it is used for.
    depth = _depths(count, edges)
    most = max(depth, default=0)
    found = graph.layout_sugiyama(layers=[most - one for one in depth], hgap=1, vgap=1, maxiter=200)
    return tuple((x, y) for x, y in found.coords[:count])


def _depths(count: int, edges: tuple[tuple[int, int], ...]) -> list[int]:
    """Return how many edges the longest way from each node to an end has; a circle counts once."""
    after: dict[int, list[int]] = {}
    for start, end in edges:
        after.setdefault(start, []).append(end)
    found = [0] * count
    for _ in range(count):
        now = [max((found[end] + 1 for end in after.get(at, ())), default=0) for at in range(count)]
        if now == found:
            break
        found = [min(one, count) for one in now]
    return found


def places(graph: Graph) -> list[tuple[float, float]]:
    """Return x and y of each node, in inches."""
    found = _places(len(graph.nodes), graph.edges)
    return [(y * ACROSS, -x * DOWN) for x, y in found]


def extent(graph: Graph) -> tuple[float, float]:
    """Return inches that a graph needs."""
    at = places(graph)
    wide, high = (max(one[axis] for one in at) - min(one[axis] for one in at) for axis in (0, 1))
    return wide + 2.2, high + 1.6
