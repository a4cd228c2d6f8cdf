"""Tokens as GitHub's issuer gives them to a job of a workflow."""

from datetime import timedelta

import msgspec

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.errors import RehearsalError
from rehearsal.running.control import route
from rehearsal.services.github import Workflow, github_token, request_variables


@route("github-token")
def token(cloud: Cloud, body: Document) -> Document:
    """A token: ``workflow``, ``audience``, ``lifetime_seconds``."""
    lifetime = timedelta(seconds=float(body["lifetime_seconds"]))
    return {"token": github_token(cloud, _workflow(body), body["audience"], lifetime)}


@route("github-token/request")
def request(cloud: Cloud, body: Document) -> Document:
    """The variables by which a job's steps ask for tokens: ``workflow``."""
    return {"variables": request_variables(cloud, _workflow(body))}


def _workflow(body: Document) -> Workflow:
    try:
        return msgspec.convert(body["workflow"], Workflow)
    except msgspec.ValidationError as error:
        raise RehearsalError(f"this is no job of a workflow: {error}") from error
