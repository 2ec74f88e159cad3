"""`grade watch`: look at the files, at the keys, and have what was saved graded."""
