"""What teachers learn of a course, and how they answer it."""
