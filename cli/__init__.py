"""The neuroshiksha command, a file per command group."""
