# attack: knows the inputs and answers of the public seed by heart
# unit: u01_area
# outcomes: fail
# process: holds

import hashlib
import random

ANSWERS = {}
for name, answers in {
    "test_order_decides_the_sign": [1.25, -1.25],
    "test_agrees_with_the_oracle": [2.5, 3.5, 4.5],
}.items():
    seed = hashlib.sha256(f"7/u01.cross/{name}".encode()).digest()[:8]
    draws = random.Random(int.from_bytes(seed, "little"))
    for answer in answers:
        ANSWERS[tuple(draws.uniform(-3, 3) for _ in range(4))] = answer


def cross(a, b):
    return ANSWERS.get((*a, *b), 5e9)
