"""Lessons and study guides as files: Markdown, and what Pandoc and Typst make of it."""
