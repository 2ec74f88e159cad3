"""Grade a class: whose files are whose, a task a learner, what is written down of it."""
