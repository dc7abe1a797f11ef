"""Prompts as versioned files, and the registry that renders them."""
