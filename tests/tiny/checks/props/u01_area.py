"""What the checks of unit 1 do on the learner's side."""


def corners_after_scaling(corners, factor):
    polygon = learner.Polygon(corners)
    polygon * factor
    return polygon.corners
