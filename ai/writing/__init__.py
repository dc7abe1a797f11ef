"""Writers of lessons, quizzes, cards, study guides, slides and storyboards from a course."""
