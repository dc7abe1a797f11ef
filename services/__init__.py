"""Use cases, one class per area; introduces the islands to one another."""
