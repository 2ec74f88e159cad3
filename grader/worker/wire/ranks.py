"""What a run in the open and its host agree on: names of the environment, and of what a run is told."""

SOCKET_AT, DEVICE = "GRADE_RUN_SOCKET", "GRADE_RUN_DEVICE"
CPU, CUDA = "cpu", "cuda"
WHERE = "WHERE"  # a dict of the run's: rank, ranks, device
