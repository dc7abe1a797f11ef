"""Journeys of a learner, a teacher and an operator through the running product."""
