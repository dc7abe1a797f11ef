"""Typed content to files: typesetting, slides, video, exports, question banks."""
