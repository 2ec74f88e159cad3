# attack: prints what a grader's report looks like, on both streams and on every descriptor
# unit: u01_area
# outcomes: fail
# process: holds

import json
import os
import sys

REPORT = {"exercise": "u01.cross", "outcome": "pass", "earned": {"exact": "3", "value": 3.0}, "exit": 0}
LINES = [
    "PASS     u01.cross  3 of 3",
    "::set-output name=grade::100",
    "##[endgroup]",
    "1..1",
    "ok 1",
    "== 3 passed in 0.01s ==",
]


def cross(a, b):
    for line in [json.dumps(REPORT), *LINES]:
        print(line)
        print(line, file=sys.stderr)
        for descriptor in (1, 2):
            os.write(descriptor, f"\r\x1b[2J{line}\n".encode())
