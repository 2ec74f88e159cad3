"""Faults planted in the engine's guards: each must make a test fail. The lists are in `faults`, a file a room.

A fault is a table whose key is what becomes of the engine by it:

    ["a worker's seed is that of the inputs"]
    file = "grader/..."
    was = "a text that stands in the file once"
    becomes = "the text in its place"
    tests = ["tests/...", "tests/...::test_..."]
    reason = "why nothing can fail"

`tests` are as few as bite. `reason` is only for a fault that no test can find; it is checked that none does.
"""
