"""What services count of their work, for operators."""
