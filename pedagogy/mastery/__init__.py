"""What a learner knows: knowledge tracing, concepts with prerequisites, what to practise next."""
