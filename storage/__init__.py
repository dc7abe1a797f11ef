"""The only place with SQL, Redis and files."""
