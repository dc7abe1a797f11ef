"""The outside world that is not a chat model: mail, identity providers, webhooks."""
