"""What can be wrong with a registry of chat models.

RegistryError                   fix the models file or the request
└── ModelsFileError             the models file: names line and field
"""


class RegistryError(Exception):
    """The definitions of deployments and aliases cannot be used as they stand.

    Attributes:
        field: Which field is wrong, as a path with dots.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class ModelsFileError(RegistryError):
    """The models file cannot be read; the message names file, line and field."""
