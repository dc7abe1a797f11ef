"""The account the embedded servers run as: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bootstrap.embedded.errors import ServerAccountError

PREFERRED_ACCOUNTS = ("postgres", "nobody")
_ENTER_CLOSED_FOLDERS = "+dac_override,+dac_read_search"
_TRIAL = '[ -x "$1" ] && "$1" --version && cd "$2"'


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """How to run a command as the account: a prefix for it, and whom files must belong to."""

    user_id: int
    group_id: int
    command_prefix: tuple[str, ...] = ()

    def give(self, path: Path) -> None:
        """Hands a file or folder to the account; a no-op for an ordinary user."""
        if os.geteuid() == 0:
            os.chown(path, self.user_id, self.group_id)


def server_account(data_folder: Path, program: Path, death_signal: signal.Signals) -> ServerAccount:
    """The account for a server whose data lies in `data_folder`, which must exist.

    An ordinary user runs it as oneself. Root hands over to the owner of the data, or to
    `postgres` or `nobody`. Where that account cannot enter the folders (a checkout below /root
    is common), nobody's permissions are changed: the server gets the capability to pass them.

    Raises:
        ServerAccountError: when the account can reach program and data in neither way.
    """
    if os.geteuid() != 0:
        return ServerAccount(os.geteuid(), os.getegid())
    owner = data_folder.stat()
    if owner.st_uid == 0:
        entry = _unprivileged_entry()
        user_id, group_id = entry.pw_uid, entry.pw_gid
        os.chown(data_folder, user_id, group_id)
    else:
        user_id, group_id = owner.st_uid, owner.st_gid
    for capabilities in (
        (),
        (
            f"--inh-caps={_ENTER_CLOSED_FOLDERS}",
            f"--ambient-caps={_ENTER_CLOSED_FOLDERS}",
            # Else access(2), by which PostgreSQL looks for its programs, disregards them.
            # Source: capabilities(7), SECBIT_NO_SETUID_FIXUP.
            "--securebits=+no_setuid_fixup",
        ),
    ):
        prefix = _change_user_prefix(user_id, group_id, death_signal, capabilities)
        if _reaches(prefix, program, data_folder):
            return ServerAccount(user_id, group_id, prefix)
    raise ServerAccountError(f"the account {_name_of(user_id)!r} cannot enter {data_folder}")


def _unprivileged_entry() -> pwd.struct_passwd:
    for name in PREFERRED_ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerAccountError(f"there is no account {' or '.join(PREFERRED_ACCOUNTS)}")


def _name_of(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return str(user_id)


def _change_user_prefix(
    user_id: int, group_id: int, death_signal: signal.Signals, capabilities: tuple[str, ...]
) -> tuple[str, ...]:
    """The `setpriv` (util-linux) call that runs what follows as the account."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServerAccountError("the command `setpriv` (Debian: util-linux) is missing")
    return (
        setpriv,
        f"--reuid={user_id}",
        f"--regid={group_id}",
        "--clear-groups",
        f"--pdeathsig={death_signal.name}",
        *capabilities,
        "--",
    )


def _reaches(prefix: tuple[str, ...], program: Path, data_folder: Path) -> bool:
    """Whether the account, run that way, can run the program and enter the data folder.

    Tried out rather than worked out from modes: it says the same as the server will find.
    """
    command = [*prefix, "/bin/sh", "-c", _TRIAL, "sh", str(program), str(data_folder)]
    completed = subprocess.run(  # noqa: S603 - fixed script, paths as arguments
        command, check=False, capture_output=True, timeout=10
    )
    return completed.returncode == 0
