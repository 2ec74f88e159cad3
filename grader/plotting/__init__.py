"""Pictures of what a learner's code does: a worker gives data, the host draws it, as a picture or in characters."""
