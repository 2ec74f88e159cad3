# attack: may write files, and makes links, pipes and devices that lead out of its folder
# unit: u03_notes
# outcomes: fail error
# process: breaks

import os
import stat


def keep(texts):
    for way in (os.symlink, os.link):
        for target in ("@COURSE@/solutions/u03_notes.py", "@OTHER@/u03_notes.py", "/"):
            try:
                way(target, "out")
                with open("out", "a", encoding="utf-8") as file:
                    file.write("# chainrule-attack\n")
                os.unlink("out")
            except OSError as error:
                print(error)
    for kind in (stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK):
        try:
            os.mknod("node", kind | 0o666, os.makedev(1, 1))
        except OSError as error:
            print(error)
    return [-1]
