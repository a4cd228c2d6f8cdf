"""Delivers one call of a job, through the gateway as any other client's, and tells how it went."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import httpx

from rehearsal.cloud import Addresses


@dataclass(frozen=True)
class Delivery:
    """A call to make."""

    http_method: str
    uri: str
    headers: dict[str, str]
    body: bytes
    deadline_seconds: float


@dataclass(frozen=True)
class Reply:
    """The HTTP status that came back (0: none), and why none came."""

    status: int
    failure: Literal["", "timeout", "unreachable"] = ""


type Deliver = Callable[[Delivery], Reply]


def through_gateway(addresses: Addresses) -> Deliver:
    """Delivers by the gateway's proxy, trusting its authority; without a gateway, nowhere.

    The deadline is one of real time: what answers is a real server.
    """

    def deliver(delivery: Delivery) -> Reply:
        if addresses.gateway_proxy is None:
            return Reply(0, "unreachable")
        try:
            return Reply(_send(delivery, addresses.gateway_proxy, addresses.ca_bundle))
        except httpx.TimeoutException:
            return Reply(0, "timeout")
        except (httpx.HTTPError, httpx.InvalidURL):
            return Reply(0, "unreachable")

    return deliver


def _send(delivery: Delivery, proxy: str, ca_bundle: str | None) -> int:
    trust = ssl.create_default_context(cafile=ca_bundle)
    with httpx.Client(
        proxy=proxy, verify=trust, timeout=delivery.deadline_seconds, trust_env=False
    ) as client:
        return client.request(
            delivery.http_method, delivery.uri, headers=delivery.headers, content=delivery.body
        ).status_code
