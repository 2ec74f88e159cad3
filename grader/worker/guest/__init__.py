"""The learner's side of the boundary: every line here runs beside a learner's code and holds no secret."""
