"""The contract between api and workers: kinds, payloads, the queue and its publisher."""
