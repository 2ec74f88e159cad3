# attack: has torch read the solution: from_file, load, a library, an extension
# unit: u04_twice
# outcomes: fail
# process: breaks

import torch

PATH = "@COURSE@/solutions/u04_twice.py"


def twice(values):
    return values.clone()


WAYS = (
    lambda: bytes(torch.from_file(PATH, size=200, dtype=torch.uint8).tolist()).decode(),
    lambda: torch.UntypedStorage.from_file(PATH, False, 200).tolist(),
    lambda: torch.load(PATH, weights_only=False),
    lambda: torch.ops.load_library(PATH),
)
for way in WAYS:
    try:
        found = way()
        exec(bytes(found) if isinstance(found, list) else found)
    except Exception as error:
        print(error)
