"""The file ``aliases.toml``, read anew when it changes."""

from __future__ import annotations

from pathlib import Path

from searchkit.errors import AliasesBroken
from searchkit.search.aliases import NO_ALIASES, Aliases

NONE = "none"  # given instead of a file: no aliases, not even those of the default file

State = tuple[int, int, int]  # time of change, size and inode


class AliasFile:
    """The aliases in a file, as they are whenever they are asked for.

    Without a path there are none; one that is ``optional`` may be missing.
    """

    def __init__(self, path: Path | None, *, optional: bool = False) -> None:
        self._path = path
        self._optional = optional
        self._state: State | None = None
        self._aliases = NO_ALIASES

    def read(self) -> Aliases:
        """The aliases, read anew when the file has changed. Raises AliasesBroken."""
        if self._path is None:
            return NO_ALIASES
        try:
            status = self._path.stat()
            state = status.st_mtime_ns, status.st_size, status.st_ino
            if state != self._state:
                from searchkit.search.aliaslines import parse_aliases

                self._aliases = parse_aliases(self._path.read_text(encoding="utf-8"), str(self._path))
                self._state = state
        except FileNotFoundError:
            if not self._optional:
                raise AliasesBroken("there is no file of aliases here", str(self._path),
                                    f"give another one, or --aliases {NONE}") from None
            self._state, self._aliases = None, NO_ALIASES
        except (OSError, UnicodeDecodeError) as problem:
            raise AliasesBroken(f"the aliases cannot be read: {problem}", str(self._path),
                                f"give a text file, or --aliases {NONE}") from None
        return self._aliases
