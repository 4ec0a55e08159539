"""`hemostat source add`, `list`, `remove`: a walk through what a system needs so that its events come in."""

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from hemostat.kernel import BadInput, Feed, Home, NotFound, Settings, Source

if TYPE_CHECKING:
    from hemostat.readiness.setup_guides import Ask, Guide, Way

_DOORS = {"hec": "/services/collector", "otlp": "/in/otlp/{name}/v1/logs", "none": "", "shopify": "/in/shopify/{store}"}
_NAMES = "abcdefghijklmnopqrstuvwxyz0123456789._-"


def add(
    kind: Annotated[str, typer.Argument(help="Kind of source, like shopify-audit; `hemostat source kinds` shows all.")],
    *,
    store: Annotated[str, typer.Option(help="Name of the store that it tells of.")] = "",
    name: Annotated[str, typer.Option(help="Name of the source; the kind and the store when left out.")] = "",
    way: Annotated[str, typer.Option(help="How events come in, like door, files, sqs or pubsub.")] = "",
    env: Annotated[str, typer.Option(help="production, staging or sandbox.")] = "production",
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="An answer; never a secret.")] = None,
    secret_file: Annotated[
        list[str] | None, typer.Option("--secret-file", metavar="NAME=PATH", help="A secret, from a file.")
    ] = None,
    secret_env: Annotated[
        list[str] | None,
        typer.Option("--secret-env", metavar="NAME=VARIABLE", help="A secret, from a variable of the environment."),
    ] = None,
    public: Annotated[str, typer.Option(help="Public address of the intake, like https://in.example.com.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Ask nothing, and print one JSON document.")] = False,
) -> None:
    """Connect a system: its settings and keys are made, and what is left to do elsewhere is said, step by step.

    hemostat.toml is written anew: comments in it are lost, and a copy of it stays beside it.
    """
    from hemostat.readiness.setup_guides import guides  # noqa: PLC0415  # loads the schema's checker

    known = guides()
    if kind not in known.guides:
        raise NotFound(f"There is no kind of source {kind!r}.", advice=f"Use one of: {', '.join(known.guides)}.")
    home, guide = Home.from_environment(), known.guides[kind]
    settings, asks_person = home.settings(), sys.stdin.isatty() and not json
    way = way or guide.ways[0]
    if way not in guide.ways:
        raise BadInput(f"{kind} does not come in by {way!r}.", advice=f"Use one of: {', '.join(guide.ways)}.")
    store = store or _asked("Name of the store", "--store", asks_person=asks_person)
    name = name or f"{kind}-{store}"
    _free(settings, name)
    given, secrets = _pairs(set_ or [], "--set"), _secrets(secret_file or [], secret_env or [])
    words = {"name": name, "store": store, "intake": public or "https://YOUR-INTAKE"}
    words["address"] = words["intake"] + _DOORS.get(_door(kind), "/in/{door}/{name}").format(door=_door(kind), **words)
    answers = _answers((*guide.asks, *known.ways[way].asks), given, secrets, words, asks_person=asks_person)
    made = _made(settings, kind, name, store, env, known.ways[way], answers)
    _write(home, made, name, answers, words)
    _tell(guide, known.ways[way], words, kind=kind, json=json)


def kinds() -> None:
    """Show the kinds of sources and the ways by which each comes in."""
    from hemostat.readiness.setup_guides import guides  # noqa: PLC0415  # loads the schema's checker

    for name, guide in guides().guides.items():
        typer.echo(f"{name:<18} {guide.title}: {', '.join(guide.ways)}")


def list_(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Show the sources of this home, and when each was heard last."""
    from hemostat.kernel import clock_for  # noqa: PLC0415  # only here
    from hemostat.readiness.coverage_seen import heard  # noqa: PLC0415  # loads Arrow

    home = Home.from_environment()
    last = heard(home, now=clock_for(home.path).now())
    sources = home.settings().sources
    if json:
        told = {name: {"kind": one.kind, "store": one.store, "heard": last.get(name)} for name, one in sources.items()}
        typer.echo(msgspec.json.encode(told).decode())
        return
    for name, one in sources.items():
        at = f"{last[name]:%Y-%m-%d %H:%M:%S} UTC" if name in last else "never"
        typer.echo(f"{name:<30} {one.kind:<18} store {one.store}, newest event {at}")


def remove(name: Annotated[str, typer.Argument(help="Name of the source.")]) -> None:
    """Take a source out of the settings. Its events and its keys stay; comments in hemostat.toml are lost."""
    home = Home.from_environment()
    settings = home.settings()
    if name not in settings.sources:
        raise NotFound(f"There is no source {name!r}.", advice="`hemostat source list` shows them.")
    _copy(home)
    rest = {key: source for key, source in settings.sources.items() if key != name}
    home.write(msgspec.structs.replace(settings, sources=rest))
    typer.echo(f"{name} is no longer taken. Its events stay as long as their class; its keys lie in {home.path / 'keys'}.")


def _made(
    settings: Settings, kind: str, name: str, store: str, env: str, way: "Way", answers: dict["Ask", Any]
) -> Settings:  # fmt: skip
    """The settings with the new source, which its reader has looked at. Raises `BadSettings`."""
    from hemostat.sources import check  # noqa: PLC0415  # loads the reader

    options, feed = ({ask.name: value for ask, value in answers.items() if ask.to == to and value} for to in ("option", "feed"))
    source = Source(
        kind=kind, store=store, environment=env, options=options, feed=Feed(kind=way.feed, options=feed) if way.feed else None
    )
    check(name, source)
    domain = next((str(value) for ask, value in answers.items() if ask.to == "store"), "")
    stores = {store: domain} if domain else {}
    return msgspec.structs.replace(
        settings, sources=settings.sources | {name: source}, shopify_stores=settings.shopify_stores | stores
    )


def _write(home: Home, made: Settings, name: str, answers: dict["Ask", Any], words: dict[str, str]) -> None:
    """The keys come first: a source whose key is missing would refuse everybody."""
    keyring = home.keyring(made)
    keyring.ensure(f"source.{name}")
    for ask, value in answers.items():
        if ask.secret and value:
            keyring.put(ask.to.removeprefix("key:").format(**words), [str(value).encode()])
    _copy(home)
    home.write(made)


def _copy(home: Home) -> None:
    copy = home.settings_file.with_suffix(".toml.before")
    copy.write_bytes(home.settings_file.read_bytes())
    copy.chmod(0o600)


def _answers(
    asks: tuple["Ask", ...], given: dict[str, str], secrets: dict[str, str], words: dict[str, str], *, asks_person: bool
) -> dict["Ask", Any]:
    """What each question is answered with. Raises `BadInput` for an unknown answer, and for one that is missing."""
    names = {ask.name: ask.secret for ask in asks}
    for name, secret in [*((name, False) for name in given), *((name, True) for name in secrets)]:
        if names.get(name) is not secret:
            raise BadInput(
                f"{name!r} is no answer that can be given so.",
                advice=f"--set takes: {_among(names, secret=False)}; --secret-file, --secret-env: {_among(names, secret=True)}.",
            )
    found: dict[Ask, Any] = {}
    for ask in asks:
        told = (secrets if ask.secret else given).get(ask.name)
        default = ask.default.format(**words)
        if told is None and (asks_person or not (default or ask.optional)):
            told = _asked(
                ask.question, ask.name, asks_person=asks_person, secret=ask.secret, default=default, optional=ask.optional
            )
        found[ask] = _value(ask, (told if told is not None else default).strip())
    return found


def _value(ask: "Ask", text: str) -> str | list[str]:
    """What the answer means. Raises `BadInput` when it names a file that cannot be read."""
    values = [one.strip() for one in text.split(",") if one.strip()] if ask.list else [text]
    if ask.file:
        values = [_text(Path(value), ask.name) for value in values]
    return values if ask.list else values[0]


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"The file of {name} cannot be read: {path}.", advice="Name a text file that this user can read."
        ) from error


def _among(names: dict[str, bool], *, secret: bool) -> str:
    return ", ".join(name for name, is_secret in names.items() if is_secret is secret) or "none"


def _asked(
    question: str, name: str, *, asks_person: bool, secret: bool = False, default: str = "", optional: bool = False
) -> str:
    if not asks_person:
        how = f"--secret-file {name}=PATH or --secret-env {name}=VARIABLE" if secret else f"{name} (--set {name}=VALUE)"
        raise BadInput(f"{question}: no answer.", advice=f"Give {name if name.startswith('--') else how}.")
    if secret:
        return getpass.getpass(f"{question} (is not shown): ")
    return str(typer.prompt(question, default=default or ("" if optional else None), err=True))


def _secrets(files: list[str], variables: list[str]) -> dict[str, str]:
    """Secrets by name. Raises `BadInput` when a file cannot be read or a variable is not set."""
    found = {}
    for name, path in _pairs(files, "--secret-file").items():
        try:
            found[name] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(
                f"The file for {name!r} cannot be read.", advice="Name a text file that this user can read."
            ) from error
    for name, variable in _pairs(variables, "--secret-env").items():
        if not os.environ.get(variable):
            raise BadInput(f"The variable {variable!r} is not set.", advice="Set it for this command only.")
        found[name] = os.environ[variable]
    return found


def _pairs(given: list[str], option: str) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if not all(mark for _, mark, _ in pairs):
        raise BadInput(f"{option} wants NAME=VALUE.", advice="Put an equals sign between them.")
    return {name: value for name, _, value in pairs}


def _free(settings: Settings, name: str) -> None:
    if name in settings.sources:
        raise BadInput(f"There is a source {name!r} already.", advice="Give another --name, or remove it first.")
    if not name or name.startswith(".") or not set(name) <= set(_NAMES):
        raise BadInput(f"Not a name for a source: {name[:60]!r}.", advice="Use small letters, digits, dots and dashes.")


def _door(kind: str) -> str:
    from hemostat.sources import KINDS  # noqa: PLC0415  # only here

    return KINDS[kind].door


def _tell(guide: "Guide", way: "Way", words: dict[str, str], *, kind: str, json: bool) -> None:
    """What was made, and what is left to do."""
    from hemostat.readiness.setup_guides import filled  # noqa: PLC0415  # loaded already

    steps = [filled(step, words) for step in (*guide.steps, *way.steps)]
    scopes = _scopes(guide.platform, kind)
    if json:
        told = {"source": words["name"], "kind": kind, "address": "" if way.feed else words["address"], "steps": steps}
        typer.echo(msgspec.json.encode(told | {"scopes": scopes, "unverified": guide.unverified, "wait": guide.wait}).decode())
        return
    typer.echo(f"{words['name']} is in the settings, and its key is made. What is left to do:\n")
    for number, step in enumerate(steps, 1):
        typer.echo(f"{number}. {step}")
    for word, reason in scopes.items():
        typer.echo(f"   {word}: {reason}")
    for note in filter(None, (guide.unverified, f"Then: {guide.wait}" if guide.wait else "")):
        typer.echo(note)
    typer.echo(f"See it arrive: hemostat source test {words['name']}")


def _scopes(platform: str, kind: str) -> dict[str, str]:
    """The least that the platform is asked for, each with its reason."""
    if platform == "shopify":
        from hemostat.stores.shopify_scopes import SCOPES  # noqa: PLC0415  # only here

        return {scope.handle: scope.reason for scope in SCOPES if kind != "shopify-audit" or scope.handle == "read_audit_events"}
    return {}
