"""A storyboard to a narrated video with captions, chapters and transcript."""
