"""Compiles one Typst file in this process, which ends with it: SOURCE and PDF are its arguments."""

import resource
import sys

import typst

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 30


def main(source: str, target: str) -> None:
    """Writes the PDF of a source in the working folder, outside of which no file is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    typst.compile(source, output=target, root=".")


if __name__ == "__main__":
    main(*sys.argv[1:])
