"""The Celery edge: thin tasks, one service method each."""
