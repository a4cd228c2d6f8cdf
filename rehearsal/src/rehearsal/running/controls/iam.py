"""Why somebody may do something, or may not."""

from rehearsal.iam.why import why
from rehearsal.running.control import route

route("iam/why")(why)
