"""What is measured and how: `python -m bench`. Both sides of every ratio are measured in one run, in turns."""
