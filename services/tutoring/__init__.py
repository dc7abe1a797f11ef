"""Use cases of the tutor's modes: what it does at each turn, and what its replies may say."""
