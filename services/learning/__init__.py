"""Use cases of learning: attempts and their grades, reviews of cards, concepts, progress."""
