"""Slides: one quiet theme, typeset by Typst, and an editable presentation."""
