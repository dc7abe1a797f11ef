"""Queries by area: a repository takes a session and speaks in domain terms."""
