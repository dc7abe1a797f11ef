"""Retrieval maths: lexical terms and the fusion of rankings; no database."""
