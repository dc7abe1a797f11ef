"""When a card is to be seen again."""
