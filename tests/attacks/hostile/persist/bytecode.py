# attack: leaves compiled code where the grader's next process would find it
# unit: u01_area
# outcomes: fail
# process: breaks

import importlib.util
import marshal
import os

CODE = compile("def cross(a, b): return 5e9", "x", "exec")
DATA = importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(CODE)


def cross(a, b):
    return 5e9


for folder in ("checks", "solutions", "checks/oracles"):
    try:
        os.makedirs(f"@COURSE@/{folder}/__pycache__", exist_ok=True)
        with open(f"@COURSE@/{folder}/__pycache__/u01_area.cpython-311.pyc", "wb") as file:
            file.write(DATA)
    except OSError as error:
        print(error)
