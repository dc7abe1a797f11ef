"""Material into a course: sources found, compared with what is stored, read, encoded, switched."""
