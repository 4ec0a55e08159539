"""The words of Magento's action log, and what was done when one of them was written.

Codes and actions: the `logging.xml` files of Adobe Commerce, in a public copy of the 2.3 era.
"""

import re
from collections.abc import Iterator, Mapping

from hemostat.events.vocabulary import Act, Surface

_WORD = re.compile(r"[A-Za-z0-9_.\\/-]{1,120}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ID = re.compile(r"[0-9]{1,20}")
_MOST_IDS = 10_000

_ALWAYS = {
    "login": Act.ACCOUNT_LOGIN,
    "forgotpassword": Act.ACCOUNT_CHANGE,
    "export": Act.EXPORT_RUN,
    "print": Act.EXPORT_RUN,
    "import": Act.RECORD_CHANGE,
    "global_search": Act.RECORD_SEARCH,
    "fetch": Act.RECORD_SEARCH,
    "email": Act.MESSAGE_SEND,
    "send": Act.MESSAGE_SEND,
    "flush": Act.CONFIG_CHANGE,
    "clean": Act.CONFIG_CHANGE,
    "reindex_process": Act.CONFIG_CHANGE,
    "run": Act.RECORD_CHANGE,
    "rollback": Act.RECORD_CHANGE,
}
_READS = frozenset({"view", "edit", "new"})
_DELETES = frozenset({"delete", "massdelete"})
_CREATES = frozenset({"create", "reorder"})
_KINDS = (
    # the code begins so; what it is to read, create, change and delete such a thing
    ("customer_group", (Act.RECORD_READ, Act.RECORD_CREATE, Act.RECORD_CHANGE, Act.RECORD_DELETE)),
    ("customer", (Act.CUSTOMER_READ, Act.CUSTOMER_CREATE, Act.CUSTOMER_UPDATE, Act.CUSTOMER_DELETE)),
    ("sales_", (Act.ORDER_READ, Act.ORDER_CREATE, Act.ORDER_UPDATE, Act.ORDER_DELETE)),
    ("order", (Act.ORDER_READ, Act.ORDER_CREATE, Act.ORDER_UPDATE, Act.ORDER_DELETE)),
    ("integration", (Act.API_READ, Act.ACCESS_GRANT, Act.ACCESS_GRANT, Act.ACCESS_REVOKE)),
    ("adminhtml_permission_role", (Act.API_READ, Act.ACCESS_GRANT, Act.ACCESS_GRANT, Act.ACCESS_REVOKE)),
    ("adminhtml_permission", (Act.API_READ, Act.ACCOUNT_CHANGE, Act.ACCOUNT_CHANGE, Act.ACCOUNT_CHANGE)),
    ("admin_", (Act.API_READ, Act.ACCOUNT_CHANGE, Act.ACCOUNT_CHANGE, Act.ACCOUNT_CHANGE)),
    ("cms_", (Act.PAGE_READ, Act.CONTENT_CHANGE, Act.CONTENT_CHANGE, Act.CONTENT_CHANGE)),
    ("system_", (Act.API_READ, Act.CONFIG_CHANGE, Act.CONFIG_CHANGE, Act.CONFIG_CHANGE)),
    ("adminhtml_system", (Act.API_READ, Act.CONFIG_CHANGE, Act.CONFIG_CHANGE, Act.CONFIG_CHANGE)),
)
_OTHER = (Act.RECORD_READ, Act.RECORD_CREATE, Act.RECORD_CHANGE, Act.RECORD_DELETE)
_SURFACES = (
    ("customer", Surface.PATIENT_PORTAL),
    ("sales_", Surface.CHECKOUT),
    ("order", Surface.CHECKOUT),
    ("catalog", Surface.PRODUCT_CATALOG),
)


def act_of(code: str, action: str) -> Act:
    """What was done, by the group and the action of a row, both in lower case."""
    if action in _ALWAYS:
        return _ALWAYS[action]
    read, create, change, delete = next((four for front, four in _KINDS if code.startswith(front)), _OTHER)
    if action in _READS:
        return read
    if action in _DELETES:
        return delete
    return create if action in _CREATES else change


def surface_of(code: str) -> Surface | None:
    """The surface that a group belongs to; None when it is that of the source."""
    return next((surface for front, surface in _SURFACES if code.startswith(front)), None)


def ids_of(info: Mapping[str, object]) -> list[str]:
    """The numbers of the things that an act was done to, each once."""
    found: dict[str, None] = {}
    for text in _texts(info, 0):
        for part in text.split(","):
            if _ID.fullmatch(part.strip()) and len(found) < _MOST_IDS:
                found[part.strip()] = None
    return list(found)


def _texts(value: object, depth: int) -> Iterator[str]:
    """The texts and whole numbers of a value, from its `general` part when it has one, and at most three levels down."""
    if isinstance(value, Mapping):
        inner = [value["general"]] if "general" in value else list(value.values())
        for one in inner if depth < 3 else []:  # noqa: PLR2004  # Magento nests no deeper
            yield from _texts(one, depth + 1)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def word(value: object) -> str:
    """A name of Magento's code: of a class, the part after the last backslash, in lower case; "" for what is none."""
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        return ""
    parts = [part for part in value.split("\\") if part and part != "Interceptor"]
    return parts[-1].lower() if parts else ""


def shown(text: str) -> str:
    """A text that staff or others chose, short and on one line."""
    return _CONTROL.sub(" ", text)[:200].strip()
