"""``python -m rehearsal.terraform_provider``: what terraform starts."""

import sys

from rehearsal.terraform_provider.plugin import serve

sys.exit(serve())
