# attack: brings a conftest and settings for pytest that would run its code in the grader
# unit: u01_area
# outcomes: fail
# process: holds
# folder: file conftest.py open("@BASE@/tmp/chainrule-attack-ran", "w")
# folder: file pytest.ini [pytest]\naddopts = -p own_plugin
# folder: file tox.ini [pytest]\naddopts = -p own_plugin
# folder: file own_plugin.py open("@BASE@/tmp/chainrule-attack-ran", "w")
# folder: file pyproject.toml [tool.grader]\nformat = 1\ntitle = "mine"\nchecks = "."\n[tool.pytest]\naddopts = ["-p", "own_plugin"]
# folder: file test_u01_area.py open("@BASE@/tmp/chainrule-attack-ran", "w")


def cross(a, b):
    return 5e9
