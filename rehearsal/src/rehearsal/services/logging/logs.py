"""The logs of a project: their names, and their deletion with all entries."""

from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.documents import Document
from rehearsal.errors import not_found
from rehearsal.services.logging.definition import API, service
from rehearsal.services.logging.permissions import require

_DOCUMENTATION = "https://cloud.google.com/logging/docs/reference/v2/rest/v2/logs"
_HERE = "the handler asks for it"


@service.method(*API, "logging.projects.logs.list", source=_DOCUMENTATION, unchecked=_HERE)
def list_logs(call: Call) -> Document:
    """The names of logs that have entries."""
    parent = require(call, "logging.logs.list", call.path["parent"])
    names = call.cloud.journal.log_names(parent)
    paged = page(call, [{"logName": name} for name in names], "logNames", default=50)
    if "logNames" in paged:
        paged["logNames"] = [one["logName"] for one in paged["logNames"]]
    return paged


@service.method(*API, "logging.projects.logs.delete", source=_DOCUMENTATION, unchecked=_HERE)
def delete_log(call: Call) -> Document:
    """Deletes a log with its entries."""
    name = call.path["logName"]
    require(call, "logging.logs.delete", name)
    parent, _, log = name.partition("/logs/")
    if not call.cloud.journal.delete_log(f"{parent}/logs/{log.replace('/', '%2F')}"):
        raise not_found(f"Log {log} does not exist")
    return {}
