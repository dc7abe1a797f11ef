"""Content as its authors work on it: versions, publication, comments, files made of it."""
