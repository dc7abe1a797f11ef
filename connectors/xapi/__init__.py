"""Learning events as xAPI statements, and the stores that take them."""
