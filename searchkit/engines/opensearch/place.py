"""Which index of the server belongs to a folder, and its generations.

``.opensearch.json`` names an alias that was made up for this folder and stays when the folder's index is built anew;
``opensearch.json`` says that the alias was set up, and for which fields. The alias points to one index, a generation:
``NAME-000001``. A new one takes its place in one step, so that no reader ever sees a half of each.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from opensearchpy.exceptions import RequestError

from searchkit.engines.opensearch.access import PREFIX
from searchkit.engines.opensearch.connection import REBUILD, Answer, Connection
from searchkit.engines.opensearch.mapping import digest_mappings, make_mappings, make_settings
from searchkit.errors import EngineUnavailable, IndexDamaged, IndexOutdated, SettingsError

NAME_FILE, READY_FILE = ".opensearch.json", "opensearch.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")


def find_name(folder: Path, connection: Connection, environment: Mapping[str, str]) -> str:
    """The alias of a folder's index; a folder without one gets it, and a new generation where it was built anew."""
    known = _read(folder / NAME_FILE).get("index")
    ready = _read(folder / READY_FILE)
    if known and ready:
        if ready.get("fields") != digest_mappings():
            raise IndexOutdated("the index has other fields than this version", str(folder), REBUILD)
        return str(known)
    name = str(known) if known else _choose_name(folder, connection, environment)
    (folder / NAME_FILE).write_text(json.dumps({"index": name}) + "\n", encoding="utf-8")
    begin_generation(connection, name)
    (folder / READY_FILE).write_text(json.dumps({"index": name, "fields": digest_mappings()}) + "\n", encoding="utf-8")
    return name


def begin_generation(connection: Connection, name: str) -> None:
    """Put an empty index in the place of the one that the alias points to, and remove that."""
    client, access = connection.client, connection.access
    template = {"index_patterns": [_match_generations(name)], "template": {
        "settings": make_settings(access, _ask_version(connection)), "mappings": make_mappings()}}
    connection.call(lambda: client.indices.put_index_template(name=name, body=template), access.patience)
    found = connection.call(lambda: client.indices.get(index=_match_generations(name)))
    old = sorted(index for index in found if re.fullmatch(rf"{re.escape(name)}-\d{{6}}", index))
    new = f"{name}-{int(old[-1][-6:]) + 1 if old else 1:06}"
    connection.call(lambda: _create(connection, new), access.patience)
    actions = [*({"remove_index": {"index": index}} for index in old),
               {"add": {"index": new, "alias": name, "is_write_index": True}}]
    connection.call(lambda: client.indices.update_aliases(body={"actions": actions}), access.patience)


def _ask_version(connection: Connection) -> int:
    """The first number of the server's version. Raises EngineUnavailable where something else answers."""
    try:
        return int(str(connection.call(connection.client.info)["version"]["number"]).split(".")[0])
    except (KeyError, TypeError, ValueError):
        raise EngineUnavailable("what answers there is no OpenSearch", connection.access.name,
                                f"is {PREFIX}URL right?") from None


def _match_generations(name: str) -> str:
    """The pattern of a name's generations; those of ``name-more`` do not fit it."""
    return f"{name}-0*"


def _create(connection: Connection, name: str) -> Answer:
    """Make an index; where a lost answer said so already, that is well."""
    try:
        made: Answer = connection.client.indices.create(index=name)
        return made
    except RequestError as error:
        if error.error == "resource_already_exists_exception":
            return {}
        raise


def _choose_name(folder: Path, connection: Connection, environment: Mapping[str, str]) -> str:
    """The name that was asked for, or one that nobody else has. Raises SettingsError for one that is taken."""
    wanted = environment.get(f"{PREFIX}INDEX", "").strip()
    if not wanted:
        word = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")[:40] or "index"
        return f"searchkit-{word}-{secrets.token_hex(4)}"
    if not _NAME.fullmatch(wanted):
        raise SettingsError(f"'{wanted}' is no name of an index", f"{PREFIX}INDEX", "small letters, digits, - _ and .")
    found = connection.call(lambda: connection.client.indices.get(
        index=f"{wanted},{_match_generations(wanted)}", params={"ignore_unavailable": "true"}))
    if found:
        raise SettingsError(f"the server has an index '{wanted}' already", f"{PREFIX}INDEX", "choose another name")
    return wanted


def _read(file: Path) -> dict[str, str]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as problem:
        raise IndexDamaged(f"the name of the index cannot be read: {problem}", str(file), REBUILD) from None
    if not isinstance(data, dict):
        raise IndexDamaged("the name of the index cannot be read", str(file), REBUILD)
    return data
