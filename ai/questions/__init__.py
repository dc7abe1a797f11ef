"""What a learner's message asks, told by its words alone, before anything is looked up."""
