"""Whether a text is fit to be asked, or to be told."""
