"""Put checks to a candidate and say how they ended: expected values, comparison, limits."""
