"""What a learner handed in, and what is known of it before it is judged."""
