"""The closed words of an access: who touched whose data, how, and with what result."""

from enum import StrEnum


class Surface(StrEnum):
    """The six places where a merchant of care leaks."""

    STOREFRONT = "storefront"
    PRODUCT_CATALOG = "product-catalog"
    CHECKOUT = "checkout"
    PATIENT_PORTAL = "patient-portal"
    APPOINTMENT_FLOW = "appointment-flow"
    TELEHEALTH_SESSION = "telehealth-session"


class Environment(StrEnum):
    """Where the system runs. `test` is for events that we send ourselves to see them arrive: they happened to nobody."""

    PRODUCTION = "production"
    STAGING = "staging"
    SANDBOX = "sandbox"
    TEST = "test"


class Act(StrEnum):
    """What was done to data, as `thing:verb`."""

    PAGE_READ = "page:read"
    PAGE_WRITE = "page:write"
    SESSION_READ = "session:read"
    TOKEN_MINT = "token:mint"  # noqa: S105  # a word of the vocabulary, not a secret
    DOCUMENT_READ = "document:read"
    CUSTOMER_READ = "customer:read"
    CUSTOMER_CREATE = "customer:create"
    CUSTOMER_UPDATE = "customer:update"
    CUSTOMER_DELETE = "customer:delete"
    ORDER_READ = "order:read"
    ORDER_CREATE = "order:create"
    ORDER_UPDATE = "order:update"
    ORDER_DELETE = "order:delete"
    EXPORT_RUN = "export:run"
    APP_CHANGE = "app:change"
    PRIVACY_REQUEST = "privacy:request"
    RELEASE_DEPLOY = "release:deploy"
    TICKET_OPEN = "ticket:open"
    RECORD_READ = "record:read"
    RECORD_SEARCH = "record:search"
    RECORD_CREATE = "record:create"
    RECORD_CHANGE = "record:change"
    RECORD_DELETE = "record:delete"
    RECORDING_READ = "recording:read"
    RECORDING_CREATE = "recording:create"
    RECORDING_CHANGE = "recording:change"
    RECORDING_DELETE = "recording:delete"
    MEETING_OPEN = "meeting:open"
    MEETING_JOIN = "meeting:join"
    MEETING_CLOSE = "meeting:close"
    OBJECT_READ = "object:read"
    OBJECT_LIST = "object:list"
    OBJECT_WRITE = "object:write"
    OBJECT_DELETE = "object:delete"
    QUERY_RUN = "query:run"
    API_READ = "api:read"
    API_WRITE = "api:write"
    ACCOUNT_LOGIN = "account:login"
    ACCOUNT_LOGOUT = "account:logout"
    ACCOUNT_CHANGE = "account:change"
    ACCOUNT_IMPERSONATE = "account:impersonate"
    ACCESS_GRANT = "access:grant"
    ACCESS_REVOKE = "access:revoke"
    CONFIG_CHANGE = "config:change"
    CONTENT_CHANGE = "content:change"
    MESSAGE_SEND = "message:send"
    LOG_WRITE = "log:write"

    @property
    def thing(self) -> str:
        """What it was done to."""
        return self.value.partition(":")[0]

    @property
    def verb(self) -> str:
        """What was done."""
        return self.value.partition(":")[2]


class Auth(StrEnum):
    """How the caller showed who he was."""

    SIGNED = "signed"
    FORGED = "forged"
    UNSIGNED = "unsigned"
    TOKEN = "token"  # noqa: S105  # a word of the vocabulary, not a secret
    LOGIN = "login"
    NONE = "none"
    UNKNOWN = "unknown"


class Result(StrEnum):
    """What the system answered."""

    SUCCESS = "success"
    DENIED = "denied"
    NOT_FOUND = "not_found"
    ERROR = "error"
    UNKNOWN = "unknown"

    @classmethod
    def of_status(cls, status: int) -> "Result":
        """The result that an HTTP status tells (RFC 9110, section 15); redirects count as success."""
        if 200 <= status < 400:  # noqa: PLR2004  # the classes of RFC 9110
            return cls.SUCCESS
        if status in {401, 403, 429, 451}:
            return cls.DENIED
        if status in {404, 410}:
            return cls.NOT_FOUND
        return cls.ERROR if 400 <= status < 600 else cls.UNKNOWN  # noqa: PLR2004  # the classes of RFC 9110


class ActorType(StrEnum):
    """What kind of caller it was."""

    PERSON = "person"
    APP = "app"
    STAFF = "staff"
    SYSTEM = "system"
    UNKNOWN = "unknown"
