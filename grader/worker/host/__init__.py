"""The host's side of the boundary: starts workers, asks them, believes nothing."""
