"""Where the server is and who asks: from the environment only, so that no file of an index can send a password away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from searchkit.errors import SettingsError

PREFIX = "SEARCHKIT_OPENSEARCH_"
MOST_SHARDS = 1_024  # of an index: what OpenSearch itself allows


@dataclass(frozen=True, slots=True)
class Access:
    """A cluster's addresses, who asks, how an index is spread, and how long trouble is waited out (seconds).

    ``timeout`` is of one request. ``patience`` is how long a busy, restarting or unreachable server is asked again
    before a load gives up; a search gives up sooner.
    """

    urls: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)
    authority: str = ""
    certificate: str = ""
    key: str = ""
    shards: int = 1
    replicas: int = 1
    timeout: int = 60
    patience: int = 120

    @property
    def name(self) -> str:
        """The cluster as it is named in messages."""
        return ", ".join(self.urls)


def read_access(environment: Mapping[str, str]) -> Access:
    """The access that the variables ``SEARCHKIT_OPENSEARCH_…`` describe. Raises SettingsError, without a password."""
    def read(name: str) -> str:
        return environment.get(PREFIX + name, "").strip()

    urls = tuple(_check_url(url.strip()) for url in read("URL").split(",") if url.strip())
    if not urls:
        raise SettingsError("engine 'opensearch' does not know its server", f"{PREFIX}URL",
                            "set it: http://127.0.0.1:9200, or several, with commas between them")
    for name in ("CA", "CERTIFICATE", "KEY"):
        if read(name) and not Path(read(name)).is_file():
            raise SettingsError(f"there is no file '{read(name)}'", PREFIX + name, "give the path of a PEM file")
    if bool(read("USER")) != bool(environment.get(PREFIX + "PASSWORD")):
        raise SettingsError("a user without a password, or the reverse", f"{PREFIX}USER", f"set {PREFIX}PASSWORD, too")
    return Access(
        urls, read("USER"), environment.get(PREFIX + "PASSWORD", ""), read("CA"), read("CERTIFICATE"), read("KEY"),
        **{name: _read_number(name.upper(), read(name.upper()), least, most)
           for name, least, most in (("shards", 1, MOST_SHARDS), ("replicas", 0, 100), ("timeout", 1, 3_600),
                                     ("patience", 0, 86_400)) if read(name.upper())})


def _check_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
    except ValueError:
        fits, parts = False, urlsplit("")
    if parts.username or parts.password:
        raise SettingsError("the address of the server holds a user or password", f"{PREFIX}URL",
                            f"set {PREFIX}USER and {PREFIX}PASSWORD instead")
    if not fits:
        raise SettingsError(f"'{url}' is no address of a server", f"{PREFIX}URL",
                            "write it like http://127.0.0.1:9200 or https://search.example:9200")
    return url.rstrip("/")


def _read_number(name: str, text: str, least: int, most: int) -> int:
    try:
        if least <= int(text) <= most:
            return int(text)
    except ValueError:
        pass
    raise SettingsError(f"'{text}' does not fit", PREFIX + name, f"give a whole number from {least} to {most:,}")
