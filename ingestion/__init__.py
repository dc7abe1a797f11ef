"""Bytes to documents to chunks; pure, no database, no language model."""
