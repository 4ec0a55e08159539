"""A store with something in each part of its configuration, and the twin that answers for it."""

from contextlib import AbstractContextManager
from pathlib import Path

from hemostat.sandbox.wires.loopback import served
from hemostat.sandbox.wires.shopify_admin import AdminTwin, Shop
from hemostat.stores.shopify import ShopifyClient

_open: list[ShopifyClient] = []

TOKEN = "shpat_fernhollow_test_only"
DOMAIN = "fernhollow.myshopify.example"
SCHEMA = (Path(__file__).parent / "shopify_schema" / "admin_2026_10.graphql").read_text()
ALL = frozenset(
    {
        "read_audit_events", "read_customers", "read_orders", "read_themes", "read_script_tags", "read_pixels",
        "read_publications", "read_privacy_settings", "read_users", "read_draft_orders",
    }
)  # fmt: skip


class Timer:
    """Seconds that pass only when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        """Seconds until now."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """So much later."""
        self.waits.append(seconds)
        self.now += seconds


def shop() -> Shop:
    """A store with all scopes granted."""
    theme = "gid://shopify/OnlineStoreTheme/31"
    return Shop(
        domain=DOMAIN,
        scopes=set(ALL),
        staff=[
            {
                "id": f"gid://shopify/StaffMember/{number}",
                "email": f"Staff{number}@fernhollow.example",
                "active": True,
                "exists": True,
                "accountType": kind,
                "isShopOwner": number == 1,
            }
            for number, kind in ((1, "REGULAR"), (2, "COLLABORATOR"))
        ],
        tokens=[
            {
                "id": "gid://shopify/StorefrontAccessToken/9",
                "title": "Headless",
                "createdAt": "2026-01-01T00:00:00Z",
                "accessScopes": [{"handle": "unauthenticated_read_customers"}],
                "accessToken": "never-asked-for",
            }
        ],
        scripts=[
            {
                "id": "gid://shopify/ScriptTag/4",
                "src": "https://u:p@c.example/a.js?key=hush",
                "displayScope": "ALL",
                "cache": True,
            }
        ],
        themes=[
            {"id": theme, "name": "Dawn", "role": "MAIN"},
            {"id": "gid://shopify/OnlineStoreTheme/32", "name": "Old", "role": "UNPUBLISHED"},
        ],
        files={theme: [{"filename": f"assets/{n}.js", "checksumMd5": f"{n:032x}", "size": "100"} for n in range(260)]},
        fields={
            "CUSTOMER": [
                {
                    "id": "gid://shopify/MetafieldDefinition/3",
                    "namespace": "health",
                    "key": "condition",
                    "name": "Condition",
                    "type": {"name": "single_line_text_field"},
                    "access": {"admin": "MERCHANT_READ", "storefront": "PUBLIC_READ", "customerAccount": "READ"},
                }
            ]
        },
        publications=[
            {
                "id": "gid://shopify/Publ/8",
                "autoPublish": True,
                "channels": {"nodes": [{"id": "x", "name": "Online Store"}]},
            }
        ],
        consent=[
            {"countryCode": "US", "regionCode": "CA", "consentRequired": False, "dataSaleOptOutRequired": True},
            {"countryCode": "DE", "regionCode": None, "consentRequired": True, "dataSaleOptOutRequired": False},
        ],
        web_pixel={"id": "gid://shopify/WebPixel/6"},
        server_pixel={"id": "gid://shopify/ServerPixel/7", "status": "CONNECTED", "webhookEndpointAddress": "pubsub://p:t"},
    )


def twin(store: Shop, timer: Timer | None = None, **options: float) -> AdminTwin:
    """The twin that answers for this store."""
    return AdminTwin(store, token=TOKEN, schema=SCHEMA, tick=timer or Timer(), **options)


def serving(answering: AdminTwin) -> AbstractContextManager[str]:
    """The twin on a port of this machine."""
    return served(answering.answer)


def client(address: str, timer: Timer | None = None, *, token: str = TOKEN, version: str = "2026-10") -> ShopifyClient:
    """A client that asks the twin and waits on the timer."""
    made = ShopifyClient(DOMAIN, token, version=version, sleep=(timer or Timer()).sleep, address=address)
    _open.append(made)
    return made


def close_clients() -> None:
    """No client of a test is left with a connection."""
    while _open:
        _open.pop().close()
