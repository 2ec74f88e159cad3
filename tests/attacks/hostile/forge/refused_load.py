# attack: has its worker refuse to say that the file was loaded
# unit: u01_area
# outcomes: crash
# process: holds

import gc

server = next(one for one in gc.get_objects() if type(one).__name__ == "Worker")
encode = server._encode
server._encode = lambda answer: encode(["refused", "no"])


def cross(a, b):
    return 0.5
