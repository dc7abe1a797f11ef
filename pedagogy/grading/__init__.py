"""Answers against keys: what an answer scores, why, and how that was judged."""
