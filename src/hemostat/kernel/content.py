"""Where the data that counsel, responders and trainers edit lives in the installed package."""

from functools import cache
from importlib.resources import files
from pathlib import Path


@cache
def content(kind: str) -> Path:
    """The folder of one kind of content: law, rules, playbooks, packs, hunts."""
    return Path(str(files("hemostat") / "content" / kind))
