"""Ways of teaching as state machines, and what a reply must not give away."""
