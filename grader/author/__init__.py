"""What a course's author works with: stubs made from solutions, a scaffold for new units, an audit of the whole.

A solution is the only hand-written source of a unit's prose, contract, hints and answers; everything here reads it as
text and never changes it.
"""
