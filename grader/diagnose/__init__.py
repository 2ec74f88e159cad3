"""Why an answer is wrong: said only where it is certain."""
