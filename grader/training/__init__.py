"""Training a learner's code at length: chunk by chunk in a worker, saved between two chunks, shown as a page."""
