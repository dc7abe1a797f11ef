"""Text to vectors, rankings and answers; no database, no web."""
