"""How far a learner has come, said so that it helps: paths, streaks, goals, certificates."""
