"""What the checks of unit 1 do on the learner's side."""


def scaled(corners, factor):
    return (learner.Polygon(corners) * factor).corners


def corners_after_scaling(corners, factor):
    polygon = learner.Polygon(corners)
    polygon * factor
    return polygon.corners
