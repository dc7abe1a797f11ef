"""How an answer is made, held while it is told, and told again."""
