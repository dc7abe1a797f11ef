"""Flashcards as files: an Anki package, and tables."""
