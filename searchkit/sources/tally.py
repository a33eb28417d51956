"""Of what an archive holds beside its pages: a count of each kind, told in one line and not in thousands."""

from __future__ import annotations

from collections import Counter

from searchkit.model import Rejected

_KINDS = {"image": "images", "audio": "sound and video", "video": "sound and video", "font": "fonts"}
_ENDINGS = (("javascript", "scripts"), ("ecmascript", "scripts"), ("css", "styles"), ("json", "data"),
            ("xml", "data"), ("pdf", "PDFs"))


class Tally:
    """What was passed over in one archive."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def pass_over(self, kind: str) -> None:
        """One more of a kind, in the plural."""
        self._counts[kind] += 1

    def report(self, path: str) -> list[Rejected]:
        """One rejection for all of it; none when nothing was passed over."""
        if not self._counts:
            return []
        named = ", ".join(f"{kind} ({count:,})" for kind, count in self._counts.most_common())
        return [Rejected(path, "not-a-page", f"beside its pages it holds {named}")]


def name_kind(media_type: str) -> str:
    """What people call things of a media type."""
    kind = media_type.partition(";")[0].strip().lower()
    if name := _KINDS.get(kind.partition("/")[0]):
        return name
    return next((name for ending, name in _ENDINGS if ending in kind), "other files")
