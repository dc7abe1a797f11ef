"""What a chat model returned, held against what was asked for."""
