"""Every error that searchkit raises on purpose.

SearchkitError(what, where, hint)
├── SettingsError          a setting or an option that cannot be meant
│   └── AliasesBroken      the file of corrections cannot be read as such
├── SourceError            a path that cannot be read at all
├── QueryError             a query that does not parse; knows its position
├── DocumentNotFound       no document with that id
├── IndexFault             the index itself
│   ├── IndexNotFound
│   ├── IndexLocked
│   ├── IndexOutdated
│   └── IndexDamaged
├── EngineError            the engine below it
│   ├── EngineNotInstalled
│   └── EngineUnavailable
└── ExecutorUnavailable    who was to extract the pages
"""

from __future__ import annotations


class SearchkitError(Exception):
    """What went wrong, where, and what to do about it; ``str()`` is "what (where). hint"."""

    def __init__(self, what: str, where: str = "", hint: str = "") -> None:
        super().__init__(what, where, hint)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f". {self.hint}" if self.hint else ""
        return f"{self.what}{place}{advice}"


class SettingsError(SearchkitError):
    """A setting, option or argument that cannot be meant."""


class AliasesBroken(SettingsError):
    """The file of corrections cannot be read, or says what cannot be meant: no fault of who asks a server."""


class SourceError(SearchkitError):
    """A path that cannot be read at all (a single bad page is a ``Rejected``, not an error)."""


class QueryError(SearchkitError):
    """A query that does not parse. ``position`` is the 0-based character where it stopped making sense."""

    def __init__(self, what: str, position: int = 0, hint: str = "") -> None:
        super().__init__(what, f"query, column {position + 1}", hint)
        self.position = position

    def __reduce__(self) -> tuple[type[QueryError], tuple[str, int, str]]:
        return type(self), (self.what, self.position, self.hint)


class DocumentNotFound(SearchkitError):
    """No document with that id."""


class IndexFault(SearchkitError):
    """Something is wrong with the index as a whole."""


class IndexNotFound(IndexFault):
    """There is no index at that place."""


class IndexLocked(IndexFault):
    """Another process is writing to the index; the message says which."""


class IndexOutdated(IndexFault):
    """The index was written by another format version or engine than the one asked for."""


class IndexDamaged(IndexFault):
    """The index cannot be read as it stands."""


class EngineError(SearchkitError):
    """Something is wrong with the engine below the index."""


class EngineNotInstalled(EngineError):
    """The engine's library is not installed; the hint says how to get it."""


class EngineUnavailable(EngineError):
    """The engine does not answer."""


class ExecutorUnavailable(SearchkitError):
    """The cluster that was to extract the pages cannot be had, or cannot be trusted with them."""
