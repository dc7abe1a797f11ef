"""Course packages in each format that they are offered in."""

from collections.abc import Callable
from pathlib import Path

from publishing.courses.cartridge import write_cartridge
from publishing.courses.course import CoursePackage
from publishing.courses.packages import write_cmi5, write_scorm12, write_xapi
from publishing.written import Written

WRITERS: dict[str, Callable[[CoursePackage, Path], Written]] = {
    "scorm12": write_scorm12,
    "cmi5": write_cmi5,
    "xapi": write_xapi,
    "imscc": write_cartridge,
}
