"""Checks of posture over a snapshot that comes the whole way: from MariaDB with the tables of Magento, and from its interface."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import httpx
import pytest

from hemostat.phi import Pseudonyms
from hemostat.readiness.posture import Verdict, magento
from hemostat.sandbox.wires.loopback import served
from hemostat.sandbox.wires.magento_rest import MagentoRest, Store
from hemostat.sources.magento_schema import grants
from hemostat.stores.magento import Credentials, MagentoClient, snapshot_take
from hemostat.stores.magento_database import Database
from hemostat.stores.snapshot import Snapshot
from unit.collect import mariadb
from unit.readiness.posture_town import NOW, seen

pytestmark = pytest.mark.skipif(mariadb.SERVER is None or mariadb.INSTALL is None, reason=mariadb.MISSING)
KEYS = Credentials(consumer_key="ck" * 16, consumer_secret="cs" * 16, token="tk" * 16, token_secret="ts" * 16)
SOUND = {
    "webapi/validation/input_limit_enabled": "1", "graphql/validation/input_limit_enabled": "1", "payment/card/debug": "0",
    "admin/security/session_lifetime": "900",
}  # fmt: skip
FLAWED = SOUND | {
    "webapi/validation/input_limit_enabled": "0", "payment/card/debug": "1", "oauth/consumer/enable_integration_as_bearer": "1",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[mariadb.MariaDb]:
    """A database server."""
    with closing(mariadb.MariaDb(tmp_path_factory.mktemp("mariadb"))) as made:
        yield made


def taken(server: mariadb.MariaDb, *, settings: dict[str, str], resource: str, made: str, staff: int, block: str) -> Snapshot:
    """The snapshot of a store with these settings, an integration with this resource, a token, staff, and a block."""
    server.store()
    for grant in grants(mariadb.NAME, f"'{mariadb.USER}'@'127.0.0.1'"):
        server.sql(grant)
    for path, value in settings.items():
        server.insert("core_config_data", path=path, value=value)
    group = {"parent_id": 0, "role_type": "G", "user_id": 0, "user_type": "2", "role_name": "Support"}
    role = server.insert("authorization_role", **group)
    own = server.insert("authorization_role", parent_id=0, role_type="U", user_id=5, user_type="1", role_name="ERP 5")
    server.insert("authorization_rule", role_id=role, resource_id="Magento_Customer::customer", permission="allow")
    server.insert("authorization_rule", role_id=own, resource_id=resource, permission="allow")
    server.insert("integration", integration_id=5, name="ERP", status=1, consumer_id=1, endpoint="https://eu.partner.example/cb")
    server.insert("oauth_token", consumer_id=1, type="access", token="t", secret="s", user_type=1, created_at=made)
    for number in range(1, staff + 1):
        server.insert("admin_user", user_id=number, username=f"staff{number}", email=f"s{number}@example.com")
        server.insert("authorization_role", parent_id=role, role_type="U", user_id=number, user_type="2", role_name=f"s{number}")
    front = MagentoRest(Store(blocks=[{"id": 1, "identifier": "footer", "active": True, "content": block}]), KEYS)
    account = {"host": "127.0.0.1", "user": mariadb.USER, "password": mariadb.PASSWORD, "database": mariadb.NAME}
    database = Database(**account, port=server.port, ca=str(server.ca))
    with served(front) as address, httpx.Client() as http, closing(database):
        client = MagentoClient.of(address, KEYS, http=http, sleep=lambda _: None)
        return snapshot_take(client, store="oak", pseudonyms=Pseudonyms(b"k" * 32), now=NOW, database=database)


def verdicts(snapshot: Snapshot) -> dict[str, Verdict]:
    """What each check says of the snapshot."""
    answers = {check: judge(seen(snapshot, "oak")) for check, judge in magento.CHECKS.items()}
    return {check: answer.verdict for check, answer in answers.items() if answer}


def test_a_sound_store_and_a_flawed_one(server: mariadb.MariaDb) -> None:
    """What tables and interface tell holds in one and fails in the other; routes, which only files tell, are unknown."""
    sound = taken(
        server, settings=SOUND, resource="Magento_Sales::sales", made="2026-11-01 00:00:00", staff=3, block="<p>Care</p>"
    )  # fmt: skip
    flawed = taken(
        server, settings=FLAWED, resource="Magento_Backend::all", made="2026-05-01 00:00:00", staff=4,
        block='<script src="https://connect.facebook.net/x.js"></script>',
    )  # fmt: skip
    told = magento.CHECKS.keys() - {"anonymous-routes", "webhook-hosts"}

    assert dict.fromkeys(told, Verdict.HOLDS) == {check: found for check, found in verdicts(sound).items() if check in told}
    assert dict.fromkeys(told, Verdict.FAILS) == {check: found for check, found in verdicts(flawed).items() if check in told}
    assert Verdict.UNKNOWN is verdicts(sound)["anonymous-routes"]
    assert Verdict.HOLDS is verdicts(sound)["webhook-hosts"]
    assert datetime(2026, 11, 27, 12, tzinfo=UTC) == sound.taken_at
