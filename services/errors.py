"""What can go wrong in a use case, divided by what the caller should do.

```
ServiceError
├── NotAuthenticatedError    sign in: no token, or one that is no longer good
│   ├── OtpRequiredError         send the code of the authenticator app as well
│   └── OtpInvalidError          send another code
├── ForgedRequestError       send the CSRF token: the cookie alone does not show who asks
├── EmailNotVerifiedError    open the link in the mail that was sent
├── SecondFactorMissingError set a second factor up first
├── PermissionDeniedError    give up: the role does not allow it
├── InvalidValueError        fix the request: a field holds a value that cannot be used
├── NoPageImageError         fix the request: no PDF, no such page, or one that cannot be drawn
├── WrongStateError          fix the request: it does not fit the state things are in
├── KeyReusedError           fix the request: its Idempotency-Key belongs to another request
├── TooLargeError            fix the request: it is bigger than the limit
├── RateLimitedError         retry later: the caller made too many requests
├── OverloadedError          retry later: all places are taken just now
├── TooManyAttemptsError     retry later: too many were wrong
└── UpstreamTimeoutError     retry later: a service this one depends on took too long
```

`storage.errors` adds not found, conflict and unavailable; services let them pass.
"""


class ServiceError(Exception):
    """Base of everything services raise; `code` is stable, the message is for a person."""

    code = "service_error"


class NotAuthenticatedError(ServiceError):
    """Nobody is signed in, or the proof of it is wrong or too old."""

    code = "not_authenticated"


class OtpRequiredError(NotAuthenticatedError):
    """The password is right, and the account has a second factor."""

    code = "otp_required"

    def __init__(self) -> None:
        super().__init__("Send the code of your authenticator app, or a recovery code, as `otp`.")


class OtpInvalidError(NotAuthenticatedError):
    """The password is right, the second factor is not."""

    code = "otp_invalid"

    def __init__(self) -> None:
        super().__init__("This code is wrong, or was used before. Wait for the next one.")


class SecondFactorMissingError(ServiceError):
    """The actor's role has to have a second factor."""

    code = "two_factor_required"

    def __init__(self) -> None:
        super().__init__(
            "Your role needs a second factor here. Set one up: POST /api/v1/auth/2fa/setup."
        )


class EmailNotVerifiedError(ServiceError):
    """The password is right, but nobody has shown that the address is theirs."""

    code = "email_not_verified"

    def __init__(self) -> None:
        super().__init__(
            "Open the link in the mail that was sent to your address, then sign in again."
        )


class ForgedRequestError(ServiceError):
    """A browser sent its cookie, but not what only the page itself can send with it."""

    code = "csrf_failed"

    def __init__(self) -> None:
        super().__init__(
            "Send the header X-CSRF-Token with the csrf_token of GET /api/v1/auth/session."
        )


class PermissionDeniedError(ServiceError):
    """The actor is known, and may not do this."""

    code = "permission_denied"

    def __init__(self, action: str) -> None:
        super().__init__(f"Your role does not allow you to {action}.")
        self.action = action


class InvalidValueError(ServiceError):
    """A value is well-formed but cannot be used here."""

    code = "invalid_value"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class WrongStateError(ServiceError):
    """What is asked for does not fit the state that its object is in."""

    code = "wrong_state"


class KeyReusedError(ServiceError):
    """An idempotency key came a second time, with another request."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was sent with another request before. Send a new key with"
            " each new request, the same only to repeat one."
        )


class NoPageImageError(ServiceError):
    """The document has no picture of the page asked for; the message says why."""

    code = "no_page_image"


class TooLargeError(ServiceError):
    """Something sent is bigger than its limit."""

    code = "too_large"

    def __init__(self, noun: str, limit_bytes: int) -> None:
        super().__init__(f"The {noun} is larger than the limit of {limit_bytes:,} bytes.")
        self.limit_bytes = limit_bytes


class RateLimitedError(ServiceError):
    """A caller made more requests than a caller may."""

    code = "rate_limited"

    def __init__(self, kind: str, limit: int, retry_after_seconds: int) -> None:
        super().__init__(
            f"Too many requests: {limit:,} in a minute are allowed to each {kind}. Try again in"
            f" {retry_after_seconds} seconds."
        )
        self.kind = kind
        self.limit = limit
        self.retry_after_seconds = retry_after_seconds


class OverloadedError(ServiceError):
    """The service is at its bound; the same call may succeed after a moment."""

    code = "overloaded"

    def __init__(self, noun: str, retry_after_seconds: int) -> None:
        super().__init__(f"Too many {noun} at once. Try again in {retry_after_seconds} seconds.")
        self.retry_after_seconds = retry_after_seconds


class TooManyAttemptsError(ServiceError):
    """So many attempts were wrong that the next one has to wait."""

    code = "too_many_attempts"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"Too many attempts failed. Try again in {retry_after_seconds} seconds.")
        self.retry_after_seconds = retry_after_seconds


class UpstreamTimeoutError(ServiceError):
    """A service this one depends on did not answer within its limit."""

    code = "upstream_timeout"

    def __init__(self, upstream: str, timeout_seconds: float) -> None:
        super().__init__(f"{upstream} did not answer within {timeout_seconds:g} seconds.")
        self.upstream = upstream
