"""Which answers may be given again, and to which questions."""
