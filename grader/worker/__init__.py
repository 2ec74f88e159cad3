"""The boundary: everything that stands between the host and a learner's code."""
