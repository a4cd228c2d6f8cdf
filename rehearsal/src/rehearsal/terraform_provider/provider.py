"""The provider block's schema."""

from rehearsal.terraform_provider.schema import (
    BOOL,
    HERE,
    STRING_MAP,
    STRINGS,
    block,
    many,
    optional,
)

PROVIDER = block(
    access_token=optional(),
    add_terraform_attribution_label=optional(BOOL),
    billing_project=optional(),
    credentials=optional(),
    default_labels=optional(STRING_MAP),
    deletion_policy=optional(allowed=("DELETE", "ABANDON", "PREVENT")),
    project=optional(),
    region=optional(),
    request_timeout=optional(),
    scopes=optional(STRINGS),
    terraform_attribution_label_addition_strategy=optional(allowed=("CREATION_ONLY", "PROACTIVE")),
    user_project_override=optional(BOOL),
    zone=optional(),
    batching=many()(enable_batching=optional(BOOL), send_after=optional(rest=HERE)),
)
