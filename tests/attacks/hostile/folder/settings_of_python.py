# attack: brings what Python runs by itself when it starts
# unit: u01_area
# outcomes: fail
# process: holds
# folder: file sitecustomize.py open("@BASE@/tmp/chainrule-attack-ran", "w")
# folder: file usercustomize.py open("@BASE@/tmp/chainrule-attack-ran", "w")
# folder: file own.pth import os; os.makedirs("@BASE@/tmp/chainrule-attack-ran")
# folder: file pyvenv.cfg home = /nonexistent


def cross(a, b):
    return 5e9
