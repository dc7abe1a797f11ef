"""The composition root: settings, adapters, wiring, embedded servers, supervisor."""
