"""What both sides of the boundary share: values as bytes, messages, and what is known of libraries. Data only."""
