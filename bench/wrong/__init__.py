"""Wrong answers as learners' files: what the bench of the diagnosis grades."""
