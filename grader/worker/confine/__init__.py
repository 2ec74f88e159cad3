"""What keeps a worker's process in: kernel mechanisms of Linux, each in a file of its own, by ctypes alone.

privileges  no new privileges, no capabilities, another user, death with the parent, not dumpable
landlock    which files can be read; no TCP; no signals or abstract sockets outside
seccomp     which system calls exist at all
namespaces  a network, process table, IPC and file tree of its own
probe       what can still be done: the self-test that decides the level

Every function either does what it says or raises OSError or Unavailable; the caller records what was reached.
Not covered by any of them: faults of the kernel, CPU side channels, time spent within the limits.
"""
