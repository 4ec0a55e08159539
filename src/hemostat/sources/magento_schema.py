"""The tables of Magento that tell who did what, and which of their columns are read: no password, no key, no token.

Names and columns: the `db_schema.xml` files of magento/magento2 (2.4), and for the action log a public copy of the 2.3 era of
Adobe Commerce. A store has those of its edition; columns that a version lacks are left out.
"""

from typing import Literal, NamedTuple

Way = Literal["appended", "changed", "whole"]
"""How news is found: rows are only added; rows are changed and say when; or all of a small table is compared with last time."""


class Table(NamedTuple):
    """One table. order: the column that grows, by which news is found. key: what names a row.

    only: a condition on the rows. edition: where it exists. A table whose rows hold two moments stands here once for each.
    recent: it has a row for each customer, so that watching begins with the last day and not with all that there is.
    """

    name: str
    way: Way
    key: tuple[str, ...]
    order: str
    columns: tuple[str, ...]
    only: str = ""
    edition: str = "both"
    recent: bool = False

    @property
    def part(self) -> str:
        """The name under which it is kept how far the table was read."""
        return f"{self.name}.{self.order}" if self.name == _TWICE else self.name


_TWICE = "customer_log"  # its rows are overwritten: by the last sign-in, and apart from it by the last sign-out

CONFIG_PATHS = (
    "webapi/validation/input_limit_enabled",
    "webapi/validation/maximum_page_size",
    "webapi/validation/default_page_size",
    "graphql/validation/input_limit_enabled",
    "oauth/consumer/enable_integration_as_bearer",
    "oauth/access_token_lifetime/customer",
    "oauth/access_token_lifetime/admin",
    "webapi/jwtauth/admin_expiration",
    "webapi/jwtauth/customer_expiration",
    "admin/security/lockout_failures",
    "admin/security/session_lifetime",
    "admin/security/use_form_key",
    "admin/security/admin_account_sharing",
    "login_as_customer/general/enabled",
    "system/rotation/lifetime",
    "system/rotation/frequency",
    "dev/debug/debug_logging",
    "dev/syslog/syslog_logging",
    "web/secure/base_url",
    "web/secure/use_in_adminhtml",
)
"""Settings whose values are read: what guards the data, and no secret. Of all others it is only seen that they changed."""

CONTENT_PATHS = (
    "design/head/includes",
    "design/footer/absolute_footer",
    "design/header/welcome",
    "design/header/logo_alt",
    "design/footer/copyright",
)
"""Settings that end up in the pages of the store, where scripts are hidden."""

TABLES = (
    Table(
        "magento_logging_event", "appended", ("log_id",), "log_id",
        (
            "log_id", "ip", "x_forwarded_ip", "event_code", "time", "action", "info", "status", "user", "user_id", "fullaction",
            "error_message",
        ),
        edition="commerce",
    ),
    Table(
        "password_reset_request_event", "appended", ("id",), "id",
        ("id", "request_type", "account_reference", "created_at", "ip"),
    ),
    Table(
        "magento_login_as_customer_log", "appended", ("log_id",), "log_id",
        ("log_id", "time", "user_id", "user_name", "customer_id", "customer_email"),
    ),
    Table(
        "magento_bulk", "appended", ("id",), "id",
        ("id", "uuid", "user_id", "user_type", "description", "operation_count", "start_time"),
    ),
    Table(
        "magento_operation", "appended", ("id",), "id",
        ("id", "bulk_uuid", "operation_key", "topic_name", "status", "error_code", "started_at"),
    ),
    Table(
        "admin_user_session", "changed", ("id",), "updated_at",
        ("id", "user_id", "status", "created_at", "updated_at", "ip"),
    ),
    Table(
        "admin_user", "whole", ("user_id",), "user_id",
        ("user_id", "username", "is_active", "created", "failures_num", "first_failure", "lock_expires"),
    ),
    Table("admin_user_expiration", "whole", ("user_id",), "user_id", ("user_id", "expires_at")),
    Table(_TWICE, "changed", ("log_id",), "last_login_at", ("log_id", "customer_id", "last_login_at"), recent=True),
    Table(_TWICE, "changed", ("log_id",), "last_logout_at", ("log_id", "customer_id", "last_logout_at"), recent=True),
    Table(
        "customer_visitor", "changed", ("visitor_id",), "last_visit_at",
        ("visitor_id", "customer_id", "created_at", "last_visit_at"),
        only="customer_id IS NOT NULL",
        recent=True,
    ),
    Table(
        "integration", "whole", ("integration_id",), "integration_id",
        (
            "integration_id", "name", "endpoint", "status", "consumer_id", "created_at", "updated_at", "setup_type",
            "identity_link_url",
        ),
    ),
    Table(
        "oauth_consumer", "whole", ("entity_id",), "entity_id",
        ("entity_id", "created_at", "updated_at", "name", "callback_url", "rejected_callback_url"),
    ),
    Table(
        "oauth_token", "whole", ("entity_id",), "entity_id",
        ("entity_id", "consumer_id", "admin_id", "type", "revoked", "authorized", "user_type", "created_at"),
        only="customer_id IS NULL",
    ),
    Table(
        "oauth_token_request_log", "whole", ("log_id",), "log_id",
        ("log_id", "user_name", "user_type", "failures_count", "lock_expires_at"),
        only="failures_count > 0",
    ),
    Table(
        "jwt_auth_revoked", "whole", ("user_type_id", "user_id"), "user_id", ("user_type_id", "user_id", "revoke_before"),
    ),
    Table(
        "authorization_role", "whole", ("role_id",), "role_id",
        ("role_id", "parent_id", "role_type", "user_id", "user_type", "role_name"),
    ),
    Table(
        "authorization_rule", "whole", ("rule_id",), "rule_id", ("rule_id", "role_id", "resource_id", "permission"),
        only="permission = 'allow'",
    ),
    Table(
        "cms_block", "changed", ("block_id",), "update_time",
        ("block_id", "identifier", "title", "is_active", "creation_time", "update_time", "content"),
    ),
    Table(
        "cms_page", "changed", ("page_id",), "update_time",
        ("page_id", "identifier", "title", "is_active", "creation_time", "update_time", "content"),
    ),
    Table(
        "core_config_data", "changed", ("config_id",), "updated_at",
        ("config_id", "scope", "scope_id", "path", "updated_at", "value"),
    ),
)  # fmt: skip
CHANGES = Table(
    "magento_logging_event_changes", "appended", ("id",), "id",
    ("id", "source_name", "event_id", "source_id", "original_data", "result_data"),
    edition="commerce",
)  # fmt: skip
"""What each act of the action log changed; read along with the act."""


def grants(database: str, account: str) -> list[str]:
    """The statements that let an account read what is read here, and nothing else; `account` is like `'hemostat'@'10.0.0.5'`."""
    granted: dict[str, dict[str, None]] = {}
    for table in (*TABLES, CHANGES):
        granted.setdefault(table.name, {}).update(dict.fromkeys(_granted(table)))
    return [
        f"GRANT SELECT ({', '.join(f'`{column}`' for column in columns)}) ON `{database}`.`{name}` TO {account};"
        for name, columns in granted.items()
    ]


def _granted(table: Table) -> tuple[str, ...]:
    """The columns of a table, and those that its condition needs."""
    return (*table.columns, "customer_id") if table.only.startswith("customer_id") else table.columns
