"""Chat models: one Protocol, the models that keep it, and the errors they raise."""
