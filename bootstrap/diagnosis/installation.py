"""Checks of what is installed: Python, packages, programs, page, browser, disk."""

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from packaging.requirements import Requirement

from bootstrap.diagnosis.finding import Finding
from bootstrap.embedded.errors import ServerBinaryMissingError
from bootstrap.home import CHECKOUT, HOME_VARIABLE, Home, HomeNotWritableError

OLDEST_PYTHON = (3, 11)
DISTRIBUTION = "neuroshiksha"
AMPLE_DISK_BYTES = 5 * 10**9
LEAST_DISK_BYTES = 10**9
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
INSTALL_AGAIN = "Run `make run` again; it installs what is missing."


def check_python() -> Finding:
    """Whether this Python is new enough."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        advice = "Install Python 3.11 or newer, delete .venv and run `make run`."
        return Finding("Python", "fail", version, advice)
    return Finding("Python", "ok", f"{version} at {sys.executable}")


def check_packages(distribution: str = DISTRIBUTION) -> Finding:
    """Whether every required package is installed in a version that serves."""
    try:
        lines = importlib.metadata.requires(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return Finding("packages", "fail", f"{distribution} is not installed", INSTALL_AGAIN)
    requirements = [Requirement(line) for line in lines]
    needed = [one for one in requirements if one.marker is None or one.marker.evaluate()]
    lacking = [str(one) for one in needed if not _is_satisfied(one)]
    if lacking:
        return Finding("packages", "fail", f"missing: {', '.join(lacking)}", INSTALL_AGAIN)
    return Finding("packages", "ok", f"{len(needed)} required packages are installed")


def check_home(home: Home) -> Finding:
    """Whether the data folder can be written, and its disk has space."""
    try:
        home.create()
    except HomeNotWritableError as error:
        return Finding("data folder", "fail", str(error), f"Set {HOME_VARIABLE}.")
    free = shutil.disk_usage(home.root).free
    detail = f"{home.root}, {free / 10**9:.1f} GB free"
    if free < LEAST_DISK_BYTES:
        return Finding("data folder", "fail", detail, f"Free some space, or set {HOME_VARIABLE}.")
    if free < AMPLE_DISK_BYTES:
        return Finding("data folder", "warn", detail, "A larger course will need more space.")
    return Finding("data folder", "ok", detail)


def check_page(folder: Path = CHECKOUT / "web" / "dist") -> Finding:
    """Whether the web page is built."""
    if (folder / "index.html").is_file():
        return Finding("web page", "ok", f"built in {folder}")
    advice = "Run `make page`. Without it the API and the terminal commands still work."
    return Finding("web page", "warn", "not built", advice)


def check_browser() -> Finding:
    """Whether a Chromium is there for the browser tests; using the service needs none."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        advice = "Only the browser tests need it. Debian: apt install chromium"
        return Finding("Chromium", "ok", "not found; browser tests will be skipped", advice)
    return Finding("Chromium", "ok", found)


def program_finding(check: str, locate_program: Callable[[], Path]) -> Finding:
    """Whether an embedded server's program is there and may be run."""
    try:
        program = locate_program()
    except ServerBinaryMissingError as error:
        return Finding(check, "fail", "not installed", str(error))
    if not os.access(program, os.X_OK):
        return Finding(check, "fail", f"{program} may not be executed", INSTALL_AGAIN)
    return Finding(check, "ok", f"embedded, {program}")


def _is_satisfied(requirement: Requirement) -> bool:
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return requirement.specifier.contains(version, prereleases=True)
