"""Runs `bootstrap.up` with the tiny service in a process of its own, to be killed by tests."""

import sys
from pathlib import Path

from bootstrap.embedded import EmbeddedServerError
from bootstrap.home import Home
from bootstrap.supervision.errors import UpError
from bootstrap.up import Up, UpCommands, UpOptions


def main() -> int:
    home, port, *variables = sys.argv[1:]
    commands = UpCommands(
        prepare=[sys.executable, "-c", "pass"],
        neuroshiksha=[sys.executable, str(Path(__file__).with_name("tiny_service.py"))],
        for_new_database=[[sys.executable, "-c", "print('loading the demo', flush=True)"]],
    )
    environment = dict(variable.split("=", 1) for variable in variables)

    def announce(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    try:
        Up(Home(Path(home)), UpOptions(port=int(port)), commands, announce).run(
            environment, "welcome to {}".format
        )
    except (UpError, EmbeddedServerError) as error:
        announce(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())


def up_command(home: Path, port: int, *variables: str) -> list[str]:
    """The command that runs this module."""
    return [sys.executable, "-P", __file__, str(home), str(port), *variables]
