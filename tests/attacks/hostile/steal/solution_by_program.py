# attack: has another program read the solution: cat, a shell, python itself
# unit: u01_area
# outcomes: fail
# process: breaks

import os
import subprocess
import sys


def cross(a, b):
    return 5e9


def spawned():
    reading, writing = os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, writing, 1)]
    pid = os.posix_spawn("/bin/cat", ["cat", "@COURSE@/solutions/u01_area.py"], {}, file_actions=actions)
    os.close(writing)
    os.waitpid(pid, 0)
    return os.read(reading, 1 << 16)


WAYS = (
    lambda: subprocess.check_output(["/bin/cat", "@COURSE@/solutions/u01_area.py"]),
    lambda: os.popen("cat @COURSE@/solutions/u01_area.py").read(),
    lambda: subprocess.check_output([sys.executable, "-c", "print(open('@COURSE@/solutions/u01_area.py').read())"]),
    spawned,
)
for way in WAYS:
    try:
        exec(way())
    except (OSError, subprocess.SubprocessError) as error:
        print(error)
