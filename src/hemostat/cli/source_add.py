"""`hemostat source add`, `list`, `remove`, `rotate`: a walk through what a system needs so that its events come in."""

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from hemostat.kernel import BadInput, Home, NotFound, clock_for

from .acting import acting
from .django import database_ready

if TYPE_CHECKING:
    from hemostat.people.models import Person
    from hemostat.readiness.connecting import Plan
    from hemostat.readiness.setting_up import Outcome
    from hemostat.readiness.setup_guides import Ask

Sets = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="An answer; never a secret.")]
SecretFiles = Annotated[list[str] | None, typer.Option("--secret-file", metavar="NAME=PATH", help="A secret, from a file.")]
SecretVariables = Annotated[
    list[str] | None,
    typer.Option("--secret-env", metavar="NAME=VARIABLE", help="A secret, from a variable of the environment."),
]
By = Annotated[str, typer.Option(metavar="NAME", help="Sign-in name of who does it; the system's user when left out.")]
Json = Annotated[bool, typer.Option("--json", help="Ask nothing, and print one JSON document.")]


def add(
    kind: Annotated[str, typer.Argument(help="Kind of source, like shopify or magento; `hemostat source kinds` shows all.")],
    *,
    store: Annotated[str, typer.Option(help="Name of the store that it tells of.")] = "",
    name: Annotated[str, typer.Option(help="Name of the source; the kind and the store when left out.")] = "",
    way: Annotated[str, typer.Option(help="How events come in, like door, files, sqs or pubsub.")] = "",
    env: Annotated[str, typer.Option(help="production, staging or sandbox; what this home is when left out.")] = "",
    set_: Sets = None,
    secret_file: SecretFiles = None,
    secret_env: SecretVariables = None,
    public: Annotated[str, typer.Option(help="Public address of the intake, like https://in.example.com; it is kept.")] = "",
    check: Annotated[bool, typer.Option(help="Ask the system first whether the answers are right.")] = True,
    by: By = "",
    json: Json = False,
) -> None:
    """Connect a system: it is asked, its settings and keys are made, and what is left to do elsewhere is said, step by step.

    hemostat.toml is written anew: comments in it are lost, and a copy of it stays beside it.
    """
    home, asks_person = Home.from_environment(), sys.stdin.isatty() and not json
    database_ready(home)
    from hemostat.readiness.connecting import Wish  # noqa: PLC0415  # needs the database
    from hemostat.readiness.setting_up import set_up  # noqa: PLC0415  # as above
    from hemostat.readiness.setup_guides import guides  # noqa: PLC0415  # loads the schema's checker

    known = guides()
    kind = known.kind(kind)
    way = way or known.guides[kind].ways[0]
    if way not in known.guides[kind].ways:
        raise BadInput(f"{kind} does not come in by {way!r}.", advice=f"Use one of: {', '.join(known.guides[kind].ways)}.")
    store = store or _asked("Name of the store", "--store", asks_person=asks_person)
    given = _given(known.asks(kind, way), set_ or [], secret_file or [], secret_env or [])
    if asks_person:
        given = _walked(known.asks(kind, way), given)
    wish = Wish(kind=kind, store=store, name=name, way=way, environment=env, public=public, answers=given)
    outcome = set_up(home, wish, by=_operator(home, by), now=clock_for(home.path).now(), asked=check)
    _tell(outcome, json=json)


def kinds(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Show the kinds of sources, what each gives, the ways by which it comes in, and the least that each is allowed."""
    from hemostat.readiness.setup_guides import guides  # noqa: PLC0415  # loads the schema's checker

    known = guides()
    if json:
        told = {
            name: {
                "title": guide.title,
                "gives": known.needs.kinds[name].gives,
                "surfaces": known.needs.kinds[name].surfaces,
                "ways": {way: known.needs.of(name, way) for way in guide.ways},
            }
            for name, guide in known.guides.items()
        }
        typer.echo(msgspec.json.encode(told).decode())
        return
    for name, guide in known.guides.items():
        typer.echo(f"{name:<18} {guide.title}: {', '.join(guide.ways)}")


def list_(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Show the sources of this home, and when each was heard last."""
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


def remove(name: Annotated[str, typer.Argument(help="Name of the source.")], by: By = "") -> None:
    """Take a source out of the settings. Its events and its keys stay; comments in hemostat.toml are lost."""
    home = Home.from_environment()
    database_ready(home)
    from hemostat.readiness.connecting import disconnect  # noqa: PLC0415  # needs the database

    source = disconnect(home, name, by=_operator(home, by), now=clock_for(home.path).now())
    typer.echo(f"{name} is no longer taken. Its events stay as long as their class; its keys lie in {home.path / 'keys'}.")
    if source.feed is None:
        typer.echo("Its system goes on sending, and is refused: tell it to stop there.")
    else:
        typer.echo("Take back there what its account was allowed.")


def rotate(
    name: Annotated[str, typer.Argument(help="Name of the source.")],
    secret_file: SecretFiles = None,
    secret_env: SecretVariables = None,
    by: By = "",
    json: Json = False,
) -> None:
    """Change the secret of a source while its events keep coming: the one before it counts on until the next change.

    A source that shows a bearer key of ours gets a fresh one. For others change the secret in their system, and give it here.
    """
    home, asks_person = Home.from_environment(), sys.stdin.isatty() and not json
    database_ready(home)
    from hemostat.readiness.connecting import secrets_of  # noqa: PLC0415  # needs the database
    from hemostat.readiness.rotating import rotate as change  # noqa: PLC0415  # as above
    from hemostat.sources.doors import has_own_key  # noqa: PLC0415  # as above

    settings = home.settings()
    asks = secrets_of(settings, name)
    given = _given(tuple(asks.values()), [], secret_file or [], secret_env or [])
    if asks_person and not given and not has_own_key(settings.sources[name]):
        typed = {ask.name: getpass.getpass(f"{ask.question} (is not shown; empty: stays): ") for ask in asks.values()}
        given = {answer: value for answer, value in typed.items() if value}
    done = change(home, name, given, by=_operator(home, by), now=clock_for(home.path).now())
    if json:
        typer.echo(msgspec.json.encode(done).decode())
        return
    typer.echo(f"{', '.join(done.keys)}: new. The one before it counts until the next change.")
    if done.fresh:
        typer.echo(f"Give it to the sender: hemostat key show source.{name}")
    if done.feeds:
        typer.echo(f"The worker starts {', '.join(done.feeds)} again with it within seconds.")


def _operator(home: Home, by: str) -> "Person | str":
    """Who acts: the person who was named, the one who signs in as the system's user, or that user of the system.

    Whoever may write into the home's folder may connect a system with an editor as well; a person who signs in needs the right.
    """
    from hemostat.people.rights import Right, Role, demand  # noqa: PLC0415  # needs the database

    try:
        person = acting(by, home, invented=Role.ENGINEER)
    except NotFound:
        if by:
            raise
        return f"system:{getpass.getuser()}"
    demand(person, Right.CONNECT)
    return person


def _walked(asks: tuple["Ask", ...], given: dict[str, str]) -> dict[str, str]:
    """The answers of a person at a terminal, one question after the other."""
    found = dict(given)
    for ask in asks:
        if ask.name in found or ask.rare or (ask.name == "watch" and not (found.get("client_id") or found.get("token"))):
            continue
        if ask.secret:
            found[ask.name] = getpass.getpass(f"{ask.question} (is not shown): ")
        else:
            told = str(typer.prompt(_question(ask), default=ask.default or ("" if ask.optional else None), err=True))
            found[ask.name] = _read(ask, told)
    return found


def _question(ask: "Ask") -> str:
    return f"{ask.question} (like {ask.like})" if ask.like else ask.question


def _given(asks: tuple["Ask", ...], sets: list[str], files: list[str], variables: list[str]) -> dict[str, str]:
    """What was given with options. Raises `BadInput`: a secret must not stand in an argument, nor an answer among secrets."""
    plain, secrets = _pairs(sets, "--set"), _secrets(files, variables)
    names = {ask.name: ask.secret for ask in asks}
    for name, secret in [*((name, False) for name in plain), *((name, True) for name in secrets)]:
        if names.get(name) is not secret:
            raise BadInput(
                f"{name!r} is no answer that can be given so.",
                advice=f"--set takes: {_among(names, secret=False)}; --secret-file, --secret-env: {_among(names, secret=True)}.",
            )
    known = {ask.name: ask for ask in asks}
    return {name: _read(known[name], value) for name, value in plain.items()} | secrets


def _read(ask: "Ask", value: str) -> str:
    """The answer, or the text of the files that it names. Raises `BadInput`."""
    if not ask.file or not value:
        return value
    names = [one.strip() for one in value.split(",")] if ask.list else [value]
    return ",".join(_text(Path(name), ask.name) for name in names)


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"The file of {name} cannot be read: {path}.", advice="Name a text file that this user can read."
        ) from error


def _among(names: dict[str, bool], *, secret: bool) -> str:
    return ", ".join(name for name, is_secret in names.items() if is_secret is secret) or "none"


def _asked(question: str, name: str, *, asks_person: bool) -> str:
    if not asks_person:
        raise BadInput(f"{question}: no answer.", advice=f"Give {name}.")
    return str(typer.prompt(question, err=True))


def _secrets(files: list[str], variables: list[str]) -> dict[str, str]:
    """Secrets by name. Raises `BadInput` when a file cannot be read or a variable is not set."""
    found = {name: _text(Path(path), name).strip() for name, path in _pairs(files, "--secret-file").items()}
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


def _tell(outcome: "Outcome", *, json: bool) -> None:
    """What was made, and what is left to do."""
    from hemostat.readiness.setup_guides import filled, guides  # noqa: PLC0415  # loaded already

    plan = outcome.plan
    steps = [filled(step, plan.words) for step in (*plan.guide.steps, *plan.by.steps)]
    needs = guides().needs.of(plan.kind, plan.way)
    if json:
        told: dict[str, Any] = {"source": plan.name, "kind": plan.kind, "address": plan.address, "steps": steps, "needs": needs}
        told |= {"checks": outcome.checks, "webhooks": outcome.webhooks, "trouble": outcome.trouble, "also": outcome.also}
        typer.echo(msgspec.json.encode(told | {"unverified": plan.guide.unverified, "wait": plan.guide.wait}).decode())
        return
    _tell_made(outcome)
    typer.echo("\nWhat is left to do, where it was not done yet:\n")
    for number, step in enumerate(steps, 1):
        typer.echo(f"{number}. {step}")
    typer.echo("\nThe least that it must be allowed:\n")
    for need in needs:
        optional = " (can be left out)" if need.optional else ""
        typer.echo(f"   {filled(need.grant, plan.words)}{optional}, on {need.what}: {need.reason}")
    for ready in guides().needs.ways[plan.way].ready:
        typer.echo(f"\n{ready.title}:\n\n{ready.whole}")
    for note in filter(None, (plan.guide.unverified, f"Then: {plan.guide.wait}" if plan.guide.wait else "")):
        typer.echo(note)
    typer.echo(f"\nSee it arrive: hemostat source test {plan.name}")


def _tell_made(outcome: "Outcome") -> None:
    """What was asked, and what is made."""
    for check in outcome.checks:
        reason = f": {check.reason}" if check.reason and not check.good else ""
        typer.echo(f"{'ok   ' if check.good else 'LOOK '} {check.title}{reason}")
    plan: Plan = outcome.plan
    keys = ", ".join([*plan.keys, *([f"source.{plan.name}"] if plan.has_own_key else [])])
    typer.echo(f"{plan.name} is in the settings{f', its keys are made: {keys}' if keys else ''}.")
    if outcome.webhooks:
        done = outcome.webhooks
        typer.echo(f"Webhooks to {plan.address}: {len(done.made)} subscribed now, {len(done.there)} were there.")
        for topic, reason in done.refused.items():
            typer.echo(f"LOOK  {topic}: {reason}")
        for uri in done.elsewhere:
            typer.echo(f"      This app also sends to {uri}; it was left so.")
    if outcome.trouble:
        typer.echo(f"LOOK  {outcome.trouble}")
    if outcome.also:
        typer.echo(f"{outcome.also} asks the Admin API from now on: dropped webhooks are made again each quarter of an hour.")
