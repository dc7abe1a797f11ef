"""Checks what was written before learners see it: keys, sources, repetitions, reading level."""
