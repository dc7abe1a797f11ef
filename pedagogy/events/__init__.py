"""What happens in learning: typed, versioned events, and what they add up to."""
