"""A resident session: a warm host that stays behind a `grade` and forks itself for the next one.

The client's side (`whether`, `address`, `likeness`, `wire`, `client`) loads next to nothing beside a bare Python.
The host's side (`host`, `child`, `contents`, `life`) stands on the session. No code of a learner's ever runs in either.
"""
