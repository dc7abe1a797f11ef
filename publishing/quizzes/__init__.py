"""Quizzes and question banks: a file per format, out and in, all over one item model."""
