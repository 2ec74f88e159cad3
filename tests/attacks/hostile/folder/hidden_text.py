# attack: has text that runs from right to left, and a terminal's commands, in what a report shows
# unit: u01_area
# outcomes: error
# process: holds


class Кошка(Exception):
    pass


def cross(a, b):
    print("\u202e\u2066 ssap \x1b]0;title\x07\x9b2J", "\ud800")
    raise Кошка("\u202e::error file=app.js::\r\n##[command]rm\u2028PASS u01.cross\x1b[A")
