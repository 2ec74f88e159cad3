# attack: replaces what the grader's own modules in this process are made of: json, msgspec, struct, operator
# unit: u01_area
# outcomes: fail crash error
# process: holds

import json
import operator
import struct
import sys

json.dumps = lambda *args, **kwargs: '{"outcome": "pass"}'
for name in ("eq", "add", "sub", "le"):
    setattr(operator, name, lambda *args: True)
struct.pack = lambda *args: b"\x00" * 4
sys.modules["msgspec"] = sys.modules["struct"] = sys.modules[__name__]


def cross(a, b):
    return 5e9
