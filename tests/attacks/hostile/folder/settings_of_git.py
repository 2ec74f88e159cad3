# attack: brings a repository whose settings run a program
# unit: u01_area
# outcomes: fail
# process: holds
# folder: file .git/config [core]\n\tfsmonitor = touch @BASE@/tmp/chainrule-attack-ran\n\thooksPath = hooks
# folder: file .git/HEAD ref: refs/heads/main
# folder: file .gitattributes * filter=own


def cross(a, b):
    return 5e9
