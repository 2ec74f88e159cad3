# attack: raises its own limits, then takes ten gigabytes
# unit: u01_area
# outcomes: memory
# process: holds

import resource

for name in [name for name in dir(resource) if name.startswith("RLIMIT")]:
    for limits in ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), (1 << 40, 1 << 40)):
        try:
            resource.setrlimit(getattr(resource, name), limits)
        except (OSError, ValueError):
            pass


def cross(a, b):
    return len(bytearray(10 << 30))
