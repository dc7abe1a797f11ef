"""E-mail addresses, in one form however they are typed."""

from email_validator import EmailNotValidError, validate_email

from services.errors import InvalidValueError


def normalise_email(address: str) -> str:
    """The address in lower case, Unicode and domain in their normal form.

    Raises:
        InvalidValueError: when it is none, or holds characters that are not safe to show.
    """
    try:
        checked = validate_email(address.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise InvalidValueError("email", str(error)) from error
    return checked.normalized.lower()
