"""Whole courses as packages for learning platforms: SCORM 1.2, cmi5, xAPI, Common Cartridge."""
