"""What is done with an answer on its way out: its citations are bound to the sources."""
