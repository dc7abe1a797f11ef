"""The faults of the design, brought about in real processes: what was accepted is not lost."""
