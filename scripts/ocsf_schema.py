#!/usr/bin/env python3
"""Compile the classes of OCSF that we write into one JSON Schema, from a checkout of github.com/ocsf/ocsf-schema.

    scripts/ocsf_schema.py CHECKOUT src/hemostat/content/ocsf

writes `<version>.json`, LICENSE and NOTICE. What a class inherits is merged into it, as its own compiler does: of an attribute
key by key, of constraints the nearest. Of the profiles only `host` is kept: what it brings is allowed where a record names it.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

CLASSES = (
    "base_event",
    "iam/account_change",
    "iam/authentication",
    "iam/entity_management",
    "iam/user_access",
    "network/http_activity",
    "application/web_resources_activity",
    "application/api_activity",
    "application/datastore_activity",
    "application/file_hosting",
)
"""The classes that `hemostat.events.ocsf` writes."""

PROFILE = "host"
_PLAIN = {"boolean_t": "boolean", "float_t": "number", "integer_t": "integer", "long_t": "integer", "string_t": "string"}


class Compiler:
    """One checkout, and the definitions that were asked for so far."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.version: str = self._json("version.json")["version"]
        dictionary = self._json("dictionary.json")
        self._attributes: dict[str, Any] = dictionary["attributes"]
        self._types: dict[str, Any] = dictionary["types"]["attributes"]
        self._categories = {name: one["uid"] for name, one in self._json("categories.json")["attributes"].items()}
        self._objects = {one["name"]: one for one in map(self._read, sorted((root / "objects").glob("*.json")))}
        self._events = {one["name"]: one for one in map(self._read, sorted((root / "events").rglob("*.json")))}
        self.definitions: dict[str, Any] = {}

    def event(self, name: str) -> dict[str, Any]:
        """The schema of a class."""
        made = self._whole(self._events, name.rpartition("/")[2])
        category = self._categories.get(made.get("category", "other"), 0)
        uid = category * 1000 + made.get("uid", 0)
        schema = self._object(made)
        activities = schema["properties"]["activity_id"]["enum"]
        schema["properties"] |= {
            "category_uid": {"const": category},
            "class_uid": {"const": uid},
            "type_uid": {"enum": [uid * 100 + activity for activity in activities]},
        }
        borrowed = sorted(made["profiled"] & schema["properties"].keys())
        named = {"required": ["profiles"], "properties": {"profiles": {"contains": {"const": PROFILE}}}}
        return schema | ({"dependentSchemas": {key: {"properties": {"metadata": named}} for key in borrowed}} if borrowed else {})

    def _object(self, made: dict[str, Any]) -> dict[str, Any]:
        properties = {name: self._attribute(name, one) for name, one in sorted(made["attributes"].items())}
        required = sorted(name for name, one in made["attributes"].items() if one.get("requirement") == "required")
        schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        constraints = made.get("constraints", {})
        for word, key in (("at_least_one", "anyOf"), ("just_one", "oneOf")):
            if word in constraints:
                schema[key] = [{"required": [name]} for name in constraints[word]]
        return schema | ({"required": required} if required else {})

    def _attribute(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        known = self._attributes[name]
        kind = given.get("type", known["type"])
        schema = self._typed(kind)
        if words := {**known.get("enum", {}), **given.get("enum", {})}:
            numbers = schema.get("type") == "integer"
            schema = {"enum": sorted(map(int, words)) if numbers else sorted(words)}
        return {"type": "array", "items": schema} if known.get("is_array") else schema

    def _typed(self, kind: str) -> dict[str, Any]:
        if kind == "json_t":
            return {}
        if kind == "object":
            return {"type": "object"}
        if kind not in self._types:
            self._define(kind)
            return {"$ref": f"#/$defs/{kind}"}
        one = self._types[kind]
        schema: dict[str, Any] = {"type": _PLAIN[one.get("type", kind)]}
        if "regex" in one:
            schema["pattern"] = one["regex"]
        if "max_len" in one:
            schema["maxLength"] = one["max_len"]
        if "range" in one:
            schema |= dict(zip(("minimum", "maximum"), one["range"], strict=True))
        return schema

    def _define(self, name: str) -> None:
        if name not in self.definitions:
            self.definitions[name] = {}  # an object may hold its own kind
            self.definitions[name] = self._object(self._whole(self._objects, name))

    def _whole(self, table: dict[str, Any], name: str) -> dict[str, Any]:
        """A class or an object with all that it inherits; `profiled` are the attributes that only the profile brings."""
        one = table[name]
        parent = self._whole(table, one["extends"]) if "extends" in one else {"attributes": {}, "profiled": set()}
        attributes, profiled = dict(parent["attributes"]), set(parent["profiled"])
        given = dict(one.get("attributes", {}))
        for path in given.pop("$include", []):
            profile = self._json(path)
            if profile["name"] == PROFILE:
                attributes = {**profile["attributes"], **attributes}
                profiled |= profile["attributes"].keys()
        for key, value in given.items():
            if value.get("profile", None) not in {None, PROFILE}:
                continue
            attributes[key] = _merged(attributes.get(key, {}), value)
            if "profile" in value:  # null: the class's own, whatever profile also brings it
                profiled.discard(key)
        return {**parent, **one, "attributes": attributes, "profiled": profiled}

    def _json(self, path: str) -> dict[str, Any]:
        return self._read(self._root / path)

    @staticmethod
    def _read(path: Path) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(path.read_bytes())
        return found


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {**old, **new, **({"enum": {**old["enum"], **new["enum"]}} if "enum" in old and "enum" in new else {})}


def main(checkout: str, folder: str) -> None:
    """The schema and its license lie in the folder."""
    compiler = Compiler(Path(checkout))
    classes = [compiler.event(name) for name in CLASSES]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"The classes of OCSF {compiler.version} that Hemostat writes, compiled from github.com/ocsf/ocsf-schema",
        "version": compiler.version,
        "classes": {str(one["properties"]["class_uid"]["const"]): one for one in classes},
        "$defs": dict(sorted(compiler.definitions.items())),
    }
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    (target / f"{compiler.version}.json").write_text(json.dumps(schema, separators=(",", ":")) + "\n", encoding="utf-8")
    for name in ("LICENSE", "NOTICE"):
        shutil.copyfile(Path(checkout) / name, target / name)


if __name__ == "__main__":
    main(*sys.argv[1:])
