"""The nouns: SQLAlchemy tables only, no queries."""
