"""The edge of debugging: recording requests, and telling administrators what is kept."""
