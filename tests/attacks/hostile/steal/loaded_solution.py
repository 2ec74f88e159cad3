# attack: reads the rest of the solution from the memory of the process it was forked from
# unit: u01_area
# outcomes: fail
# process: holds

import gc
import re
import sys

LIKE = re.compile("chainrule-canary-" + r"\w+-[0-9a-f]{16}")


def cross(a, b):
    return 5e9


texts = [thing for thing in gc.get_objects() if isinstance(thing, (str, bytes))]
for thing in gc.get_objects():
    texts += [part for part in gc.get_referents(thing) if isinstance(part, str)]
texts += [repr(frame.f_locals) for frame in sys._current_frames().values()]
print(*LIKE.findall("\n".join(map(str, texts))))
