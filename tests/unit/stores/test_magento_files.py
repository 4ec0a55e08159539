"""What the files of an installation tell: code of others, what it opens, and what could not be read."""

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hemostat.kernel import BadInput
from hemostat.stores import magento_files
from hemostat.stores.magento import FILE_KINDS, Files, files_read

from .magento_tree import planted, write

ETC = "vendor/vendor-co/module-export/src/etc"


def ids(found: Files, kind: str) -> list[str]:
    """The names of the items of one kind."""
    return [item.id for item in found.items if item.kind == kind]


def test_code_of_others_and_what_it_opens_is_found(tmp_path: Path) -> None:
    """Modules that are on, routes with the permission that guards them, permissions, jobs, packages, patches and the version."""
    found = files_read(planted(tmp_path))

    assert "2.4.9-p1" == found.version
    assert ["Magento_Sales", "Vendor_Export", "Vendor_Gone"] == ids(found, "module")
    routes = {item.id: item.facts for item in found.items if item.kind == "rest_route"}
    assert {
        "module": "Vendor_Export", "resources": ["Vendor_Export::all"], "anonymous": False, "path": "/V1/export/patients",
    } == routes["GET /V1/export/patients"]  # fmt: skip
    assert (True, "/V1/export/status/") == (
        routes["GET /V1/export/status/:id"]["anonymous"],
        routes["GET /V1/export/status/:id"]["path"],
    )
    (permission,) = [item for item in found.items if item.kind == "permission"]
    assert ("Vendor_Export::all", "Export of patients") == (permission.id, permission.title)
    (job,) = [item for item in found.items if item.kind == "cron"]
    assert ("default/vendor_export_nightly", "Vendor\\Export\\Cron\\Nightly::execute") == (job.id, job.facts["calls"])
    assert [("magento/product-community-edition", True), ("vendor-co/module-export", False)] == [
        (item.id, item.facts["own"]) for item in found.items if item.kind == "package"
    ]
    assert ["m2-hotfixes/apsb-26-146.patch"] == ids(found, "patch")
    assert "secret" not in str(found)


def test_modules_without_files_are_named(tmp_path: Path) -> None:
    """What a module that lies elsewhere opens is not seen, and that is said."""
    (unseen,) = files_read(planted(tmp_path)).unseen

    assert ("rest_route", True) == (unseen.kind, "Vendor_Gone" in unseen.reason)
    many = {f"Vendor_M{number}": 1 for number in range(20)}
    (cut,) = files_read(planted(tmp_path, modules=many)).unseen
    assert cut.reason.endswith("….")


@pytest.mark.parametrize("name", ["webapi.xml", "acl.xml", "crontab.xml"])
@pytest.mark.parametrize(
    "text",
    ["<routes", "", '<!DOCTYPE x [<!ENTITY a "aaaa">]><routes>&a;</routes>', "<a>" * 100],
)
def test_a_damaged_file_is_unseen_and_hides_nothing_else(tmp_path: Path, name: str, text: str) -> None:
    """Cut, deep, or with entities of its own: it is named, and the others are read."""
    write(planted(tmp_path), f"{ETC}/{name}", text)

    found = files_read(tmp_path)

    (damaged,) = [part for part in found.unseen if name in part.reason]
    assert "Vendor_Export" in damaged.reason
    assert not ids(found, damaged.kind)
    assert 2 == len({item.kind for item in found.items} & {"rest_route", "permission", "cron"})


@pytest.mark.parametrize("text", ["{", "[]", "\xff", '{"packages": 5}', '{"packages": [5, {"name": 7}]}'])
def test_a_lock_that_is_none_is_unseen_or_empty(tmp_path: Path, text: str) -> None:
    """No version and no package is made up."""
    write(planted(tmp_path), "composer.lock", text)

    found = files_read(tmp_path)

    assert ("", []) == (found.version, ids(found, "package"))


def test_a_folder_without_magento_is_told(tmp_path: Path) -> None:
    """The advice says which folder is meant."""
    with pytest.raises(BadInput) as caught:
        files_read(tmp_path)

    assert "composer.lock" in caught.value.advice()


def test_what_cannot_be_opened_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are too large, no files at all, or not ours to read."""
    root = planted(tmp_path)
    write(root, "m2-hotfixes/huge.patch", "x" * 5000)
    write(root, "app/code/Broken/One/etc/module.xml", "<config")
    os.mkfifo(root / "m2-hotfixes/pipe.patch")
    monkeypatch.setattr(magento_files, "_MOST_BYTES", 4000)

    assert ["m2-hotfixes/apsb-26-146.patch"] == ids(files_read(root), "patch")

    real = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.suffix == ".patch":
            raise PermissionError
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    assert [] == ids(files_read(root), "patch")


def test_a_tree_without_end_is_read_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of modules only so many are looked at; the rest is named as not found."""
    root = planted(tmp_path)
    write(root, "vendor/aaa/one/src/etc/module.xml", '<config><module name="Vendor_Gone"/></config>')
    monkeypatch.setattr(magento_files, "_MOST_FILES", 1)

    assert any("Vendor_Export" in part.reason for part in files_read(root).unseen)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    name=st.sampled_from(
        ["app/etc/config.php", "composer.lock", f"{ETC}/webapi.xml", f"{ETC}/acl.xml", f"{ETC}/crontab.xml", f"{ETC}/module.xml"]
    ),
    content=st.binary(max_size=200) | st.sampled_from([b"<routes><route/></routes>", b"<config><group><job/></group></config>"]),
)
def test_any_bytes_make_a_list_or_an_error_of_ours(tmp_path: Path, name: str, content: bytes) -> None:
    """Whatever stands in a file, what comes is well-formed."""
    root = planted(tmp_path)
    (root / name).write_bytes(content)

    found = files_read(root)

    assert {item.kind for item in found.items} <= FILE_KINDS | {"module"}
    assert msgspec.json.encode(found)
