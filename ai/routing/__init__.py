"""Which deployment answers, and what happens when it does not: registry, strategies, fallback."""
