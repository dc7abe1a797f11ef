"""The promises of the service as numbers, measured on this code and this machine."""
