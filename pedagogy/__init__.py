"""Pure rules of teaching: tutor modes, grading, knowledge tracing, review scheduling."""
