"""What can go wrong with a remote service, divided by what the caller should do about it.

```
ServiceCallError
├── ServiceUnavailableError       try again later: not reached, busy or broken
│   └── ServiceTimedOutError      it took too long
└── ServiceMisconfiguredError     page the operator: the key, the model, the address, the protocol
```
"""


class ServiceCallError(Exception):
    """A remote service did not do what it was asked.

    Attributes:
        service: What the service is, such as "embeddings service".
    """

    def __init__(self, service: str, message: str) -> None:
        super().__init__(f"The {service} {message}. `neuroshiksha doctor` names its settings.")
        self.service = service


class ServiceUnavailableError(ServiceCallError):
    """The service does not answer now; later it may.

    Attributes:
        retry_after_seconds: How long it asks to be left alone; None where it does not say.
    """

    def __init__(
        self, service: str, message: str, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(service, message)
        self.retry_after_seconds = retry_after_seconds


class ServiceTimedOutError(ServiceUnavailableError):
    """The service kept silent for longer than allowed."""


class ServiceMisconfiguredError(ServiceCallError):
    """The service will not do it however often it is asked: a setting does not fit it."""
