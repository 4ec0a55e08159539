"""The scopes that Hemostat asks a store for, each with its reason; all of them only read, but for the one that mends webhooks."""

import msgspec


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """One access scope of the Admin API. What is lost without it stands in the reason."""

    handle: str
    reason: str
    optional: bool = False


SCOPES = (
    Scope(
        handle="read_audit_events",
        reason="Shows what every app reads and writes, and for which member of staff: the only feed of reads. Plus only.",
    ),
    Scope(
        handle="read_customers",
        reason="Webhooks about accounts of patients, their tags, segments and consents; the history of changes to customers.",
    ),
    Scope(
        handle="read_orders", reason="Webhooks about orders, carts and checkouts, whose notes and properties hold health data."
    ),
    Scope(handle="read_draft_orders", reason="Webhooks about draft orders, which clinics write for patients."),
    Scope(handle="read_themes", reason="Checksums of the theme's files: a skimmer shows as a changed file."),
    Scope(handle="read_script_tags", reason="Scripts that this app's token put into the storefront."),
    Scope(handle="read_pixels", reason="The tracking pixel of this app, and what it is set to send."),
    Scope(
        handle="read_publications", reason="The sales channels through which products are shown; webhooks about lost channels."
    ),
    Scope(handle="read_privacy_settings", reason="Consent banner and opt-out page, as patients see them."),
    Scope(
        handle="read_content",
        reason="Webhooks when a definition of a metafield changes: where health data is kept, and who may read it.",
    ),
    Scope(handle="read_metaobjects", reason="Webhooks about metaobjects, in which intake forms are kept.", optional=True),
    Scope(
        handle="read_users",
        reason="The list of staff, joined with what they did. Plus and Advanced; Shopify Support grants it.",
        optional=True,
    ),
    Scope(handle="read_customer_merge", reason="Webhooks when two patients' accounts are merged.", optional=True),
    Scope(handle="read_customer_payment_methods", reason="Webhooks about cards on file.", optional=True),
    Scope(handle="read_shopify_payments_disputes", reason="Disputes: a late sign that cards were stolen.", optional=True),
    Scope(handle="read_locations", reason="Webhooks about locations.", optional=True),
)
"""Source of names: the published schema of version 2026-10. `read_content` is what the schema names for metafield definitions."""


def scopes() -> list[Scope]:
    """The scopes to ask for, those that matter most first."""
    return list(SCOPES)
