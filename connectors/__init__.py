"""The outside world that is not a chat model: web pages, and clients of other services."""
