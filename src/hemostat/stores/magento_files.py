"""What the files of a Magento installation say of it: modules, packages, patches, routes, permissions and jobs of code of others.

Read are `app/etc/config.php`, `composer.lock`, and of each module that is on and not Adobe's own `webapi.xml`, `acl.xml` and
`crontab.xml`; never `app/etc/env.php`, which holds passwords and keys. Nothing is run. A copy of these files serves as well.
Where modules lie: https://developer.adobe.com/commerce/php/development/build/component-file-structure/
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from hemostat.kernel import BadInput
from hemostat.sources.base import Unreadable
from hemostat.sources.markup import Element, document
from hemostat.sources.mending import UNREADABLE

from .snapshot import Fact, Item, Unseen

FILE_KINDS = frozenset({"package", "patch", "rest_route", "permission", "cron"})
"""Kinds of items that only files show."""

_MODULE = re.compile(r"""['"]([A-Z][A-Za-z0-9]{0,60}_[A-Za-z0-9]{1,100})['"]\s*=>\s*([01])\b""")
_OWN = ("Magento_", "Adobe_")
_OWN_PACKAGES = ("magento/", "adobe-commerce/")
_PLACES = ("app/code/*/*/etc/module.xml", "vendor/*/*/etc/module.xml", "vendor/*/*/*/etc/module.xml")
_PATCHES = ("m2-hotfixes/*.patch", "patches/*.patch")
_EDITIONS = ("magento/product-enterprise-edition", "magento/product-community-edition", "mage-os/product-community-edition")
_MOST_BYTES = 20_000_000  # of one file; composer.lock of a large store has about one million
_MOST_FILES = 20_000
_SHOWN = 200
_NAMED = 8


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """What the files say, and what of them could not be read. version: of Magento, "" when the files do not tell."""

    version: str = ""
    items: tuple[Item, ...] = ()
    unseen: tuple[Unseen, ...] = ()


class _Damaged(Exception):
    """A file is not what its name says."""


def is_own(module: str) -> bool:
    """Does the module come with Magento itself?"""
    return module.startswith(_OWN)


def files_read(root: Path) -> Files:
    """What the installation in this folder is made of. Raises `BadInput` when there is none."""
    try:
        listed = _content(root / "app/etc/config.php").decode(errors="replace")
    except _Damaged:
        raise BadInput(
            f"There is no Magento in the folder {root.name!r}: it has no app/etc/config.php that can be read.",
            advice="Name the folder that holds `app`, `vendor` and `composer.lock`, or a copy of these three.",
        ) from None
    modules = sorted({name for name, is_on in _MODULE.findall(listed) if is_on == "1"})
    items = [Item(kind="module", id=name, title=name, facts={"own": is_own(name)}) for name in modules]
    unseen: list[Unseen] = []
    places = _places(root)
    foreign = [name for name in modules if not is_own(name)]
    if missing := [name for name in foreign if name not in places]:
        shown = ", ".join(missing[:_NAMED]) + (", …" if len(missing) > _NAMED else "")
        unseen.append(
            Unseen(kind="rest_route", reason=f"Of {len(missing)} modules no files were found in app/code and vendor: {shown}.")
        )
    for name in foreign:
        if name in places:
            items += _of_module(name, places[name], unseen)
    version, packages = _packages(root, unseen)
    items += [*packages, *_patches(root)]
    ordered = {(item.kind, item.id): item for item in items}
    return Files(version=version, items=tuple(ordered[key] for key in sorted(ordered)), unseen=tuple(unseen))


def _places(root: Path) -> dict[str, Path]:
    """The `etc` folder of each module, by the name that it gives itself."""
    found: dict[str, Path] = {}
    for pattern in _PLACES:
        for number, path in enumerate(sorted(root.glob(pattern))):
            if number >= _MOST_FILES:
                break
            try:
                name = _root(path).first("module").attributes.get("name", "")
            except _Damaged:
                continue
            found.setdefault(name, path.parent)
    return found


def _of_module(module: str, etc: Path, unseen: list[Unseen]) -> Iterator[Item]:
    """The routes, permissions and jobs that a module adds."""
    parts: tuple[tuple[str, str, Callable[[str, Path], list[Item]]], ...] = (
        ("rest_route", "webapi.xml", _routes),
        ("permission", "acl.xml", _permissions),
        ("cron", "crontab.xml", _jobs),
    )
    for kind, name, read in parts:
        if (etc / name).is_file():
            try:
                yield from read(module, etc / name)
            except _Damaged:
                unseen.append(Unseen(kind=kind, reason=f"The file {name} of {module} cannot be read."))


def _routes(module: str, path: Path) -> list[Item]:
    """The routes of REST that a module adds, with the permission that guards each; `anonymous` guards nothing."""
    items = []
    for route in _root(path).all("route"):
        resources = sorted(_word(one, "ref") for one in route.first("resources").all("resource"))
        name = f"{_word(route, 'method')} {_word(route, 'url')}"
        facts: dict[str, Fact] = {
            "module": module,
            "resources": resources,
            "anonymous": "anonymous" in resources,
            "path": _word(route, "url").partition(":")[0],  # as far as it is the same for everybody
        }
        items.append(Item(kind="rest_route", id=name, title=name, facts=facts))
    return items


def _permissions(module: str, path: Path) -> list[Item]:
    """The permissions that a module adds to those that roles and integrations are given."""
    # what is only named again, to put something below it, has no title
    return [
        Item(kind="permission", id=_word(one, "id"), title=_word(one, "title"), facts={"module": module})
        for one in _below(_root(path))
        if one.name == "resource" and "title" in one.attributes
    ]


def _jobs(module: str, path: Path) -> list[Item]:
    """The jobs that the store runs for a module, and what each calls."""
    return [
        Item(
            kind="cron",
            id=f"{_word(group, 'id')}/{_word(job, 'name')}",
            title=_word(job, "name"),
            facts={"module": module, "calls": f"{_word(job, 'instance')}::{_word(job, 'method')}"},
        )
        for group in _root(path).all("group")
        for job in group.all("job")
    ]


def _below(element: Element) -> Iterator[Element]:
    """All elements within an element, in their order."""
    for child in element.children:
        yield child
        yield from _below(child)


def _word(element: Element, name: str) -> str:
    return element.attributes.get(name, "")[:_SHOWN]


def _packages(root: Path, unseen: list[Unseen]) -> tuple[str, list[Item]]:
    """Magento's version, and the packages of code with theirs."""
    try:
        lock = msgspec.json.decode(_content(root / "composer.lock"), type=dict[str, Any])
    except (_Damaged, *UNREADABLE):
        unseen.append(Unseen(kind="package", reason="composer.lock is not there, or cannot be read."))
        return "", []
    listed = lock.get("packages")
    versions = {
        str(one["name"])[:_SHOWN]: str(one.get("version", ""))[:_SHOWN]
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and isinstance(one.get("name"), str)
    }
    items = [
        Item(kind="package", id=name, title=name, facts={"version": version, "own": name.startswith(_OWN_PACKAGES)})
        for name, version in versions.items()
    ]
    return next((versions[name] for name in _EDITIONS if name in versions), ""), items


def _patches(root: Path) -> Iterator[Item]:
    """The patches that are laid over the code at a deployment, each with the hash of its text."""
    for pattern in _PATCHES:
        for path in sorted(root.glob(pattern))[:_MOST_FILES]:
            try:
                content = _content(path)
            except _Damaged:
                continue
            facts: dict[str, Fact] = {"sha256": hashlib.sha256(content).hexdigest()}
            yield Item(kind="patch", id=path.relative_to(root).as_posix()[:_SHOWN], title=path.name[:_SHOWN], facts=facts)


def _root(path: Path) -> Element:
    """The root of an XML file. Raises `_Damaged`, also for a file with entities of its own: Magento's have none."""
    try:
        return document(_content(path), advice="")[0]
    except Unreadable as error:
        raise _Damaged from error


def _content(path: Path) -> bytes:
    """The bytes of a plain file of bounded size. Raises `_Damaged`."""
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            raise _Damaged
        return path.read_bytes()
    except OSError as error:
        raise _Damaged from error
