"""A run, below the session: what is asked for (`job`), one unit judged (`unit`), and the work shared out (`crew`)."""
