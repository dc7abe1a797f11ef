"""Jobs that write content: what is asked for, the material, the writing, what is kept of it."""
