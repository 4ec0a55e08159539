"""The kinds of sources: how each comes in, and which module reads it. Every process loads this: it imports none of them."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Door = Literal["events", "shopify", "otlp", "hec", "adobe-events", "commerce-webhooks", "zoom", "twilio", "none"]
"""How a source's messages come in over HTTP; `none` when they are only fetched, or come over a wire of their own."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of source: what it is called, the module of `hemostat.sources` that reads it, and the door that it comes in by.

    text: may its messages be lines of text? Else they are JSON.
    """

    title: str
    module: str
    door: Door = "events"
    text: bool = False


KINDS: Mapping[str, Kind] = {
    "shopify": Kind(title="Shopify webhooks", module="shopify", door="shopify"),
    "shopify-audit": Kind(title="Shopify audit feed (Plus)", module="shopify_audit"),
    "shopify-admin": Kind(title="Shopify Admin API, polled", module="shopify_admin", door="none"),
    "magento-access": Kind(title="Magento access log", module="magento_access", text=True),
    "magento-log": Kind(title="Magento logs, debug logs and reports", module="magento_log", text=True),
    "magento-tables": Kind(title="Magento action log and security tables", module="magento_tables", door="none"),
    "magento-rest": Kind(title="Magento configuration, looked at", module="magento_rest", door="none"),
    "adobe-events": Kind(title="Adobe I/O Events for Commerce", module="adobe_events", door="adobe-events"),
    "commerce-webhooks": Kind(title="Adobe Commerce webhooks", module="commerce_webhooks", door="commerce-webhooks"),
    "access-log": Kind(title="Web access log", module="access_log", text=True),
    "events": Kind(title="Events in our own words", module="events"),
    "otlp": Kind(title="OpenTelemetry logs (OTLP/HTTP)", module="otlp", door="otlp"),
    "hec": Kind(title="Splunk HTTP Event Collector, from senders for it", module="hec", door="hec"),
    "syslog": Kind(title="Syslog (RFC 5424)", module="syslog", text=True),
    "cef": Kind(title="Common Event Format", module="cef", text=True),
    "fhir-audit": Kind(title="FHIR AuditEvent (R4, R4B, R5)", module="fhir_audit", text=True),
    "atna": Kind(title="IHE ATNA and DICOM audit messages", module="atna", text=True),
    "zoom": Kind(title="Zoom webhooks", module="zoom", door="zoom"),
    "twilio": Kind(title="Twilio callbacks", module="twilio", door="twilio"),
    "s3-access-log": Kind(title="Amazon S3 server access log", module="s3_access_log", text=True),
    "cloudtrail": Kind(title="AWS CloudTrail", module="cloudtrail", text=True),
    "gcs-audit": Kind(title="Google Cloud Storage audit log", module="gcs_audit", text=True),
    "mapped": Kind(title="JSON by a mapping of your own", module="mapped", text=True),
}
