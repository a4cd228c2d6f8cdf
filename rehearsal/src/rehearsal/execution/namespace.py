"""A network namespace with nothing but loopback, and the sockets through which it is served.

Sockets belong to the namespace in which they were made, whoever uses them: a thread enters a new
namespace, makes them there and ends; the server goes on with them from outside. Nothing has to be
cleaned up after a crash, for the namespace is gone with the last process and socket in it.
https://man7.org/linux/man-pages/man7/network_namespaces.7.html
"""

import fcntl
import os
import socket
import struct
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from rehearsal.errors import RehearsalError

METADATA_ADDRESS = "169.254.169.254"
"""Google's own for the metadata server, and for the name server beside it."""
GATEWAY_ADDRESS = "169.254.169.253"
"""What every name but the metadata server's resolves to."""
METADATA_PORT, GATEWAY_PORT, NAMES_PORT = 80, 443, 53
_BACKLOG = 128

# Requests and structures of netdevice(7).
_SET_FLAGS, _SET_ADDRESS, _SET_NETMASK = 0x8914, 0x8916, 0x891C
_IFF_UP = 0x1
_NAME_AND_FLAGS = "16sH22x"
_NAME_AND_ADDRESS = "16sH2x4s16x"


@dataclass(frozen=True)
class Namespace:
    """An isolated network; whoever has it closes it."""

    descriptor: int
    """Of the namespace itself."""
    metadata: socket.socket
    """Listens at METADATA_ADDRESS:METADATA_PORT."""
    gateway: socket.socket
    """Listens at GATEWAY_ADDRESS:GATEWAY_PORT."""
    names: socket.socket
    """UDP at METADATA_ADDRESS:NAMES_PORT."""

    @property
    def path(self) -> str:
        """Where another process finds it, while it is open here."""
        return f"/proc/{os.getpid()}/fd/{self.descriptor}"

    def close(self) -> None:
        """Gives it up; may be repeated for the sockets, not for the descriptor."""
        for listener in (self.metadata, self.gateway, self.names):
            listener.close()
        os.close(self.descriptor)


def open_namespace() -> Namespace:
    """A new one, in about 2 ms.

    Raises:
        RehearsalError: it is not Linux, or this process may not make one.
    """
    if sys.platform != "linux":
        raise RehearsalError("tasks run in a network namespace, which only Linux has")
    # A thread of its own, for it never comes back from the namespace that it enters.
    with ThreadPoolExecutor(1, "namespace") as alone:
        try:
            return alone.submit(_enter_and_listen).result()
        except PermissionError as error:
            raise RehearsalError(
                "tasks run in a network of their own, which takes CAP_SYS_ADMIN:"
                " start the rehearsal as root"
            ) from error


def _enter_and_listen() -> Namespace:
    os.unshare(os.CLONE_NEWNET)
    _bring_loopback_up((METADATA_ADDRESS, GATEWAY_ADDRESS))
    with ExitStack() as undone:
        metadata = undone.enter_context(_listener(METADATA_ADDRESS, METADATA_PORT))
        gateway = undone.enter_context(_listener(GATEWAY_ADDRESS, GATEWAY_PORT))
        names = undone.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        names.bind((METADATA_ADDRESS, NAMES_PORT))
        descriptor = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        undone.pop_all()
    return Namespace(descriptor, metadata, gateway, names)


def _bring_loopback_up(addresses: tuple[str, ...]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SET_FLAGS, struct.pack(_NAME_AND_FLAGS, b"lo", _IFF_UP))
        for number, address in enumerate(addresses):
            label = f"lo:{number}"
            fcntl.ioctl(control, _SET_ADDRESS, _request(label, address))
            # Else the whole of 169.254.0.0/16 would be here.
            fcntl.ioctl(control, _SET_NETMASK, _request(label, "255.255.255.255"))


def _request(interface: str, address: str) -> bytes:
    return struct.pack(
        _NAME_AND_ADDRESS, interface.encode(), socket.AF_INET, socket.inet_aton(address)
    )


def _listener(address: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.bind((address, port))
    listener.listen(_BACKLOG)
    return listener
