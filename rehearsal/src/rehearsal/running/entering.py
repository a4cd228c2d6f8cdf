"""Gives the environment of a tool that rehearses, as the owner, a service account, or nobody."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from rehearsal.environment import Place, rehearsing
from rehearsal.errors import RehearsalError
from rehearsal.running import terraform
from rehearsal.running.asking import ask
from rehearsal.running.lifecycle import running_settings
from rehearsal.running.state import State, write_whole

OWNER = "user:owner@example.com"
"""Who owns the project that ``up`` makes, and whose credentials are given by default."""
NOBODY = "nobody"
_SERVICE_ACCOUNTS = ".gserviceaccount.com"


def environment_for(
    state: State, account: str | None, inherited: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """All variables of a tool that rehearses with the credentials of ``account``.

    ``account``: None for the owner, ``nobody``, an e-mail address, or a member as in policies.

    Raises:
        RehearsalError: nothing runs, or the account is none.
    """
    settings = running_settings(state)
    member = member_of(account)
    given = {} if member == NOBODY else ask(state, "credentials", {"member": member})
    place = Place(
        proxy=f"http://127.0.0.1:{settings.ports['proxy']}",
        bundle=state.bundle,
        engine=state.engine,
        docker_host=state.engine_address,
        member=member,
        folder=_own_folder(state, member),
        programs=_programs(state),
        project=settings.project,
        token_file=_path(given.get("tokenFile")),
        adc_file=_path(given.get("adcFile")),
        state=state.folder,
        terraform=terraform.variables(state.terraform, inherited),
    )
    return rehearsing(inherited, place)


def member_of(account: str | None) -> str:
    """The member, as policies name it.

    Raises:
        RehearsalError: it is no account.
    """
    if account is None or account == NOBODY:
        return account or OWNER
    kind, colon, email = account.rpartition(":")
    if "@" not in email:
        raise RehearsalError(f"{account!r} is no account: give an e-mail address, or {NOBODY}")
    if colon:
        return account
    kind = "serviceAccount" if email.endswith(_SERVICE_ACCOUNTS) else "user"
    return f"{kind}:{email}"


def credentials_folder(credentials: Path, member: str) -> Path:
    """A principal's own folder below the folder of all, by its e-mail address."""
    return credentials / quote(member.rpartition(":")[2], safe="@")


def _own_folder(state: State, member: str) -> Path:
    """With settings of the tools that are empty at first, in place of the user's own."""
    folder = credentials_folder(state.credentials, member)
    (folder / "gcloud").mkdir(parents=True, exist_ok=True)
    (folder / "docker").mkdir(exist_ok=True)
    for name, content in (("bigqueryrc", b""), ("boto", b""), ("docker/config.json", b"{}\n")):
        if not (folder / name).exists():
            write_whole(folder / name, content)
    return folder


def _programs(state: State) -> Path:
    """A folder for the PATH with the ``rehearsal`` command, and none of its neighbours."""
    folder = state.folder / "bin"
    folder.mkdir(exist_ok=True)
    program = Path(sys.executable).parent / "rehearsal"
    link = folder / "rehearsal"
    if program.exists() and not (link.is_symlink() and link.readlink() == program):
        link.unlink(missing_ok=True)
        link.symlink_to(program)
    return folder


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
