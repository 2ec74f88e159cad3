"""A course as its author wrote it: units, exercises, checks and settings, read without running them."""
