"""What the checks of unit 2 do on the learner's side."""


def change_of(table):
    before = table.copy()
    learner.center(table)
    return float(abs(table - before).max())
