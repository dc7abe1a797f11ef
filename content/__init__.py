"""What is taught, as values: lessons, questions, cards, slides and storyboards, all validated."""
