"""Tests, mirroring the source; journeys run the whole product."""
