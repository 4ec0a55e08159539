"""What the addresses of a Magento store answer with, as its own code lays them out: REST, GraphQL, admin grids, account pages.

Routes and their ACL names are those of the OpenAPI files of 2.4.6 to 2.4.9 (https://developer.adobe.com/commerce/webapi/rest/).
The bytes of one item are our own reckoning, made to tell a hundred people from ten thousand, not to count them.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from hemostat.events.vocabulary import Act, Surface

PORTAL, CHECKOUT, CATALOG, SHOP = (
    Surface.PATIENT_PORTAL,
    Surface.CHECKOUT,
    Surface.PRODUCT_CATALOG,
    Surface.STOREFRONT,
)
_PERSON = ("name", "email", "dob", "address", "phone")
_ORDER = ("order", "name", "email", "address", "phone")
_CART = ("name", "email", "address", "phone")


class Known(NamedTuple):
    """What one route is.

    template: its path, with `{id}` for the person, `{thing}` for what else is named, `{token}` for a secret, `{}` for the rest.
    acl: the permission that guards it. item: bytes of one person's item in a list, 0 when the route answers no list.
    """

    methods: str
    template: str
    act: Act
    surface: Surface
    resource: str
    acl: str = ""
    elements: tuple[str, ...] = ()
    item: int = 0


class Grid(NamedTuple):
    """What one grid of the admin shows and exports. item: bytes of one row in an export."""

    act: Act
    surface: Surface
    resource: str
    elements: tuple[str, ...] = ()
    item: int = 200


_CUSTOMERS = (
    Known("GET", "/V1/customers/search", Act.CUSTOMER_READ, PORTAL, "customer", "Magento_Customer::customer", _PERSON, 900),
    Known("GET", "/V1/customers/{id}", Act.CUSTOMER_READ, PORTAL, "customer", "Magento_Customer::customer", _PERSON),
    Known("PUT", "/V1/customers/{id}", Act.CUSTOMER_UPDATE, PORTAL, "customer", "Magento_Customer::manage"),
    Known("DELETE", "/V1/customers/{id}", Act.CUSTOMER_DELETE, PORTAL, "customer", "Magento_Customer::delete"),
    Known("POST", "/V1/customers", Act.CUSTOMER_CREATE, PORTAL, "customer", "anonymous"),
    Known("GET", "/V1/customers/me", Act.CUSTOMER_READ, PORTAL, "customer", "self", _PERSON),
    Known("PUT", "/V1/customers/me", Act.CUSTOMER_UPDATE, PORTAL, "customer", "self"),
    Known("GET", "/V1/customers/me/{}", Act.CUSTOMER_READ, PORTAL, "customer", "self", ("address",)),
    Known("PUT", "/V1/customers/me/password", Act.ACCOUNT_CHANGE, PORTAL, "customer", "self"),
    Known("GET", "/V1/customers/{id}/billingAddress", Act.CUSTOMER_READ, PORTAL, "customer", "Magento_Customer::customer", _CART),
    Known(
        "GET", "/V1/customers/{id}/shippingAddress", Act.CUSTOMER_READ, PORTAL, "customer", "Magento_Customer::customer", _CART
    ),
    Known("GET", "/V1/customers/{id}/carts", Act.ORDER_READ, CHECKOUT, "cart", "Magento_Cart::manage", _CART),
    Known("POST", "/V1/customers/{id}/carts", Act.ORDER_CREATE, CHECKOUT, "cart", "Magento_Cart::manage"),
    Known("POST", "/V1/customers/{id}/token", Act.ACCOUNT_IMPERSONATE, PORTAL, "token", "Magento_LoginAsCustomer::login"),
    Known("GET", "/V1/customers/{id}/password/resetLinkToken/{token}", Act.API_READ, PORTAL, "customer", "anonymous"),
    Known("GET", "/V1/customers/{id}/permissions/readonly", Act.CUSTOMER_READ, PORTAL, "customer", "Magento_Customer::customer"),
    Known("GET", "/V1/customers/{id}/confirm", Act.CUSTOMER_READ, PORTAL, "customer", "Magento_Customer::customer"),
    Known("PUT", "/V1/customers/password", Act.ACCOUNT_CHANGE, PORTAL, "customer", "anonymous"),
    Known("POST", "/V1/customers/resetPassword", Act.ACCOUNT_CHANGE, PORTAL, "customer", "anonymous"),
    Known("POST", "/V1/customers/isEmailAvailable", Act.RECORD_SEARCH, PORTAL, "customer", "anonymous"),
    Known("POST", "/V1/customers/confirm", Act.ACCOUNT_CHANGE, PORTAL, "customer", "anonymous"),
    Known("PUT", "/V1/customers/validate", Act.API_WRITE, PORTAL, "customer", "anonymous"),
    Known("GET", "/V1/customers/addresses/{thing}", Act.CUSTOMER_READ, PORTAL, "address", "Magento_Customer::manage", _CART),
    Known("DELETE", "/V1/addresses/{thing}", Act.CUSTOMER_UPDATE, PORTAL, "address", "Magento_Customer::delete"),
    Known("GET", "/V1/customerGroups/search", Act.RECORD_SEARCH, PORTAL, "customer_group", "Magento_Customer::group"),
)
_ORDERS = (
    Known("GET", "/V1/orders", Act.ORDER_READ, CHECKOUT, "order", "Magento_Sales::actions_view", _ORDER, 6000),
    Known("GET", "/V1/orders/items", Act.ORDER_READ, CHECKOUT, "order_item", "Magento_Sales::actions_view", ("order",), 1500),
    Known("GET", "/V1/orders/{thing}", Act.ORDER_READ, CHECKOUT, "order", "Magento_Sales::actions_view", _ORDER),
    Known("GET", "/V1/orders/{thing}/comments", Act.ORDER_READ, CHECKOUT, "order", "Magento_Sales::actions_view", ("order",)),
    Known("POST PUT", "/V1/orders", Act.ORDER_UPDATE, CHECKOUT, "order", "Magento_Sales::create"),
    Known("PUT", "/V1/orders/create", Act.ORDER_CREATE, CHECKOUT, "order", "Magento_Sales::create"),
    Known("POST", "/V1/orders/{thing}/hold", Act.ORDER_UPDATE, CHECKOUT, "order", "Magento_Sales::hold"),
    Known("POST", "/V1/orders/{thing}/{}", Act.ORDER_UPDATE, CHECKOUT, "order", "Magento_Sales::actions"),
    Known("GET", "/V1/invoices", Act.ORDER_READ, CHECKOUT, "invoice", "Magento_Sales::sales_invoice", ("order",), 3000),
    Known("GET", "/V1/invoices/{thing}", Act.ORDER_READ, CHECKOUT, "invoice", "Magento_Sales::sales_invoice", ("order",)),
    Known("GET", "/V1/creditmemos", Act.ORDER_READ, CHECKOUT, "creditmemo", "Magento_Sales::sales_creditmemo", ("order",), 3000),
    Known("GET", "/V1/creditmemo/{thing}", Act.ORDER_READ, CHECKOUT, "creditmemo", "Magento_Sales::sales_creditmemo", ("order",)),
    Known("GET", "/V1/shipments", Act.ORDER_READ, CHECKOUT, "shipment", "Magento_Sales::shipment", ("order", "address"), 2500),
    Known("GET", "/V1/shipment/{thing}", Act.ORDER_READ, CHECKOUT, "shipment", "Magento_Sales::shipment", ("order", "address")),
    Known(
        "GET", "/V1/transactions", Act.ORDER_READ, CHECKOUT, "transaction", "Magento_Sales::transactions_fetch",
        ("order", "card_last4"), 1500,
    ),
    Known(
        "GET", "/V1/transactions/{thing}", Act.ORDER_READ, CHECKOUT, "transaction", "Magento_Sales::transactions_fetch",
        ("order", "card_last4"),
    ),
    Known("GET", "/V1/returns", Act.ORDER_READ, CHECKOUT, "return", "Magento_Rma::magento_rma", ("order",), 2000),
    Known("GET", "/V1/returns/{thing}", Act.ORDER_READ, CHECKOUT, "return", "Magento_Rma::magento_rma", ("order",)),
    Known("GET", "/V1/company/", Act.RECORD_SEARCH, CHECKOUT, "company", "Magento_Company::index", ("name", "address"), 900),
    Known(
        "GET", "/V1/negotiableQuote/attachmentContent", Act.DOCUMENT_READ, CHECKOUT, "quote_attachment",
        "Magento_NegotiableQuote::manage", ("medical_document",),
    ),
)  # fmt: skip
_CARTS = (
    Known("GET", "/V1/carts/search", Act.ORDER_READ, CHECKOUT, "cart", "Magento_Cart::manage", _CART, 4000),
    Known("GET", "/V1/carts/mine", Act.ORDER_READ, CHECKOUT, "cart", "self", _CART),
    Known("GET", "/V1/carts/{thing}", Act.ORDER_READ, CHECKOUT, "cart", "Magento_Cart::manage", _CART),
    Known("POST", "/V1/guest-carts", Act.ORDER_CREATE, CHECKOUT, "cart", "anonymous"),
    Known("GET", "/V1/guest-carts/{thing}", Act.ORDER_READ, CHECKOUT, "cart", "anonymous", _CART),
    Known("PUT", "/V1/guest-carts/{thing}", Act.ORDER_UPDATE, CHECKOUT, "cart", "anonymous"),
    Known("PUT", "/V1/guest-carts/{thing}/order", Act.ORDER_CREATE, CHECKOUT, "cart", "anonymous"),
    Known("POST", "/V1/guest-carts/{thing}/payment-information", Act.ORDER_CREATE, CHECKOUT, "cart", "anonymous"),
    Known("POST", "/V1/carts/mine/payment-information", Act.ORDER_CREATE, CHECKOUT, "cart", "self"),
    Known("POST", "/V1/guest-carts/{thing}/estimate-shipping-methods", Act.ORDER_UPDATE, CHECKOUT, "cart", "anonymous"),
    Known("POST", "/V1/guest-carts/{thing}/items", Act.ORDER_UPDATE, CHECKOUT, "cart", "anonymous"),
    Known("GET", "/V1/guest-carts/{thing}/{}", Act.ORDER_READ, CHECKOUT, "cart", "anonymous", _CART),
    Known("POST PUT DELETE", "/V1/guest-carts/{thing}/{}", Act.ORDER_UPDATE, CHECKOUT, "cart", "anonymous"),
    Known("DELETE PUT", "/V1/guest-carts/{thing}/{}/{}", Act.ORDER_UPDATE, CHECKOUT, "cart", "anonymous"),
)
_TOKENS = (
    Known("POST", "/V1/integration/admin/token", Act.TOKEN_MINT, SHOP, "token", "anonymous"),
    Known("POST", "/V1/integration/customer/token", Act.TOKEN_MINT, PORTAL, "token", "anonymous"),
    Known("POST", "/V1/integration/customer/revoke-customer-token", Act.ACCESS_REVOKE, PORTAL, "token", "self"),
    Known("POST", "/V1/tfa/provider/google/authenticate", Act.TOKEN_MINT, SHOP, "token", "anonymous"),
)
_CONTENT = (
    Known("GET", "/V1/cmsBlock/search", Act.API_READ, SHOP, "cms_block", "Magento_Cms::block"),
    Known("POST", "/V1/cmsBlock", Act.CONTENT_CHANGE, SHOP, "cms_block", "Magento_Cms::block"),
    Known("PUT DELETE", "/V1/cmsBlock/{thing}", Act.CONTENT_CHANGE, SHOP, "cms_block", "Magento_Cms::block"),
    Known("GET", "/V1/cmsPage/search", Act.API_READ, SHOP, "cms_page", "Magento_Cms::page"),
    Known("POST", "/V1/cmsPage", Act.CONTENT_CHANGE, SHOP, "cms_page", "Magento_Cms::save"),
    Known("PUT DELETE", "/V1/cmsPage/{thing}", Act.CONTENT_CHANGE, SHOP, "cms_page", "Magento_Cms::save"),
    Known("POST", "/V1/import/csv", Act.RECORD_CHANGE, SHOP, "import", "Magento_ImportExport::import"),
    Known("POST", "/V1/import/json", Act.RECORD_CHANGE, SHOP, "import", "Magento_ImportExport::import"),
    Known("GET", "/V1/coupons/search", Act.RECORD_SEARCH, CATALOG, "coupon", "Magento_SalesRule::quote"),
    Known("GET", "/V1/salesRules/search", Act.RECORD_SEARCH, CATALOG, "sales_rule", "Magento_SalesRule::quote"),
    Known("GET", "/V1/modules", Act.API_READ, SHOP, "module", "Magento_Backend::admin"),
    Known("GET", "/V1/bulk", Act.API_READ, SHOP, "bulk", "Magento_Logging::system_magento_logging_bulk_operations"),
    Known("GET", "/V1/webhooks/list", Act.API_READ, SHOP, "webhook", "Magento_AdobeCommerceWebhooks::webhooks_list"),
    Known(
        "POST", "/V1/webhooks/subscribe", Act.CONFIG_CHANGE, SHOP, "webhook",
        "Magento_AdobeCommerceWebhooks::webhooks_subscribe",
    ),
    Known(
        "POST", "/V1/webhooks/unsubscribe", Act.CONFIG_CHANGE, SHOP, "webhook",
        "Magento_AdobeCommerceWebhooks::webhooks_unsubscribe",
    ),
    Known(
        "POST", "/V1/eventing/eventSubscribe", Act.CONFIG_CHANGE, SHOP, "event_subscription",
        "Magento_AdobeCommerceEventsClient::event_subscribe",
    ),
    Known(
        "POST", "/V1/eventing/eventUnsubscribe/{}", Act.CONFIG_CHANGE, SHOP, "event_subscription",
        "Magento_AdobeCommerceEventsClient::event_unsubscribe",
    ),
)  # fmt: skip
_PAGES = (
    Known("GET", "/customer/section/load", Act.CUSTOMER_READ, PORTAL, "customer_section", elements=("name",)),
    Known("POST", "/customer/account/loginPost", Act.ACCOUNT_LOGIN, PORTAL, "customer"),
    Known("GET", "/customer/account/logout", Act.ACCOUNT_LOGOUT, PORTAL, "customer"),
    Known("POST", "/customer/account/createpost", Act.CUSTOMER_CREATE, PORTAL, "customer"),
    Known("POST", "/customer/account/editPost", Act.CUSTOMER_UPDATE, PORTAL, "customer"),
    Known("POST", "/customer/account/forgotpasswordpost", Act.ACCOUNT_CHANGE, PORTAL, "customer"),
    Known("GET", "/customer/account/edit", Act.CUSTOMER_READ, PORTAL, "customer", elements=("name", "email")),
    Known("GET", "/customer/account", Act.CUSTOMER_READ, PORTAL, "customer", elements=_CART),
    Known("GET", "/customer/address", Act.CUSTOMER_READ, PORTAL, "address", elements=("name", "address", "phone")),
    Known(
        "GET", "/customer/address/edit/id/{thing}", Act.CUSTOMER_READ, PORTAL, "address", elements=("name", "address", "phone")
    ),
    Known("POST", "/customer/address/formPost", Act.CUSTOMER_UPDATE, PORTAL, "address"),
    Known("POST", "/customer/address_file/upload", Act.OBJECT_WRITE, PORTAL, "file"),
    Known("GET", "/loginascustomer/login", Act.ACCOUNT_IMPERSONATE, PORTAL, "customer"),
    Known("GET", "/sales/order/history", Act.ORDER_READ, PORTAL, "order", elements=("order", "name")),
    Known("GET", "/sales/order/{}/order_id/{thing}", Act.ORDER_READ, PORTAL, "order", elements=_ORDER),
    Known("GET POST", "/sales/guest/view", Act.ORDER_READ, PORTAL, "order", elements=_ORDER),
    Known("GET", "/checkout", Act.PAGE_READ, CHECKOUT, "checkout"),
    Known("GET", "/checkout/onepage/success", Act.ORDER_READ, CHECKOUT, "order", elements=("order",)),
    Known("GET", "/checkout/cart", Act.PAGE_READ, CHECKOUT, "cart"),
)
_ADMIN = (
    Known("GET", "/customer/index/edit/id/{id}", Act.CUSTOMER_READ, PORTAL, "customer", "Magento_Customer::manage", _PERSON),
    Known("POST", "/customer/index/save", Act.CUSTOMER_UPDATE, PORTAL, "customer", "Magento_Customer::manage"),
    Known("POST", "/customer/index/delete/id/{id}", Act.CUSTOMER_DELETE, PORTAL, "customer", "Magento_Customer::delete"),
    Known("POST", "/customer/index/massDelete", Act.CUSTOMER_DELETE, PORTAL, "customer", "Magento_Customer::delete"),
    Known("GET", "/customer/index", Act.CUSTOMER_READ, PORTAL, "customer", "Magento_Customer::manage"),
    Known("GET", "/sales/order/view/order_id/{thing}", Act.ORDER_READ, CHECKOUT, "order", "Magento_Sales::actions_view", _ORDER),
    Known("GET", "/sales/order", Act.ORDER_READ, CHECKOUT, "order", "Magento_Sales::sales_order"),
    Known(
        "GET POST", "/loginascustomer/login/login", Act.ACCOUNT_IMPERSONATE, PORTAL, "customer", "Magento_LoginAsCustomer::login"
    ),
    Known("POST", "/admin/user/save", Act.ACCOUNT_CHANGE, SHOP, "admin_user", "Magento_User::acl_users"),
    Known("POST", "/admin/user_role/saverole", Act.ACCESS_GRANT, SHOP, "role", "Magento_User::acl_roles"),
    Known("POST", "/admin/integration/save", Act.ACCESS_GRANT, SHOP, "integration", "Magento_Integration::integrations"),
    Known("POST", "/admin/system_config/save/section/{}", Act.CONFIG_CHANGE, SHOP, "config", "Magento_Config::config"),
    Known("POST", "/cms/block/save", Act.CONTENT_CHANGE, SHOP, "cms_block", "Magento_Cms::block"),
    Known("POST", "/cms/page/save", Act.CONTENT_CHANGE, SHOP, "cms_page", "Magento_Cms::save"),
    Known("GET", "/admin/auth/logout", Act.ACCOUNT_LOGOUT, SHOP, "admin_user"),
)
GRIDS = {
    "customer_listing": Grid(Act.CUSTOMER_READ, PORTAL, "customer", _PERSON, 250),
    "customer_online_grid": Grid(Act.CUSTOMER_READ, PORTAL, "customer", ("name", "email"), 150),
    "sales_order_grid": Grid(Act.ORDER_READ, CHECKOUT, "order", ("order", "name", "email", "address"), 350),
    "sales_order_invoice_grid": Grid(Act.ORDER_READ, CHECKOUT, "invoice", ("order", "name", "address"), 300),
    "sales_order_shipment_grid": Grid(Act.ORDER_READ, CHECKOUT, "shipment", ("order", "name", "address"), 300),
    "sales_order_creditmemo_grid": Grid(Act.ORDER_READ, CHECKOUT, "creditmemo", ("order", "name", "address"), 300),
    "newsletter_subscriber_grid": Grid(Act.CUSTOMER_READ, PORTAL, "subscriber", ("name", "email"), 120),
    "product_listing": Grid(Act.API_READ, CATALOG, "product"),
    "cms_block_listing": Grid(Act.API_READ, SHOP, "cms_block"),
    "cms_page_listing": Grid(Act.API_READ, SHOP, "cms_page"),
}
"""The grids of the admin by their namespace; those of other modules are told by their name alone."""

GRAPHQL = {
    "customer": (Act.CUSTOMER_READ, PORTAL, _PERSON),
    "customerOrders": (Act.ORDER_READ, PORTAL, _ORDER),
    "guestOrder": (Act.ORDER_READ, PORTAL, _ORDER),
    "guestOrderByToken": (Act.ORDER_READ, PORTAL, _ORDER),
    "customerCart": (Act.ORDER_READ, CHECKOUT, _CART),
    "cart": (Act.ORDER_READ, CHECKOUT, _CART),
    "isEmailAvailable": (Act.RECORD_SEARCH, PORTAL, ()),
    "generateCustomerToken": (Act.TOKEN_MINT, PORTAL, ()),
    "generateCustomerTokenAsAdmin": (Act.ACCOUNT_IMPERSONATE, PORTAL, ()),
    "revokeCustomerToken": (Act.ACCESS_REVOKE, PORTAL, ()),
    "createCustomerV2": (Act.CUSTOMER_CREATE, PORTAL, ()),
    "updateCustomerV2": (Act.CUSTOMER_UPDATE, PORTAL, ()),
    "updateCustomerEmail": (Act.ACCOUNT_CHANGE, PORTAL, ()),
    "changeCustomerPassword": (Act.ACCOUNT_CHANGE, PORTAL, ()),
    "requestPasswordResetEmail": (Act.ACCOUNT_CHANGE, PORTAL, ()),
    "placeOrder": (Act.ORDER_CREATE, CHECKOUT, ()),
    "products": (Act.PAGE_READ, CATALOG, ()),
}
"""Root fields of GraphQL that touch people, with what they do; the operation's name is whatever the caller calls it."""

_HOLES = frozenset({"{id}", "{thing}", "{token}", "{}"})


class Routes:
    """A table of routes, looked up segment by segment; a literal segment goes before a hole."""

    def __init__(self, routes: Iterator[Known]) -> None:
        self._by_method: dict[str, dict[int, list[tuple[tuple[str, ...], Known]]]] = {}
        for known in routes:
            segments = tuple(known.template.strip("/").split("/"))
            for method in known.methods.split():
                self._by_method.setdefault(method, {}).setdefault(len(segments), []).append((segments, known))
        for by_length in self._by_method.values():
            for several in by_length.values():
                several.sort(key=lambda pair: [segment in _HOLES for segment in pair[0]])

    def find(self, method: str, path: str) -> tuple[Known, dict[str, str]] | None:
        """The route of a path and what its holes hold, by `id`, `thing` and `token`; None when no route fits."""
        segments = path.strip("/").split("/")
        for template, known in self._by_method.get("GET" if method == "HEAD" else method, {}).get(len(segments), ()):
            if all(own in _HOLES or own.lower() == given.lower() for own, given in zip(template, segments, strict=True)):
                holes = {own[1:-1]: given for own, given in zip(template, segments, strict=True) if own in _HOLES}
                return known, holes
        return None


REST = Routes(iter((*_CUSTOMERS, *_ORDERS, *_CARTS, *_TOKENS, *_CONTENT)))
PAGES = Routes(iter(_PAGES))
ADMIN = Routes(iter(_ADMIN))
ACLS = {known.template: known.acl for known in (*_CUSTOMERS, *_ORDERS, *_CARTS, *_TOKENS, *_CONTENT)}
"""The permission of each REST route that we know, for the map of who can read what."""

REST_PATH = re.compile(
    r"/rest(?:/(?!V\d)(?P<store>[A-Za-z0-9_]{1,64}))?(?P<bulk>/async(?:/bulk)?)?(?P<route>/V\d+/.*)", re.IGNORECASE
)
"""`/rest/<store>/V1/...`, with `/async` or `/async/bulk` in front of the version for jobs that run later."""
