"""What is wrong with an installation, and what to do about it."""

from bootstrap.diagnosis.checks import diagnose
from bootstrap.diagnosis.finding import Finding

__all__ = ["Finding", "diagnose"]
