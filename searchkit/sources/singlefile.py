"""The comment in which browsers and SingleFile note what page they saved, and when."""

from __future__ import annotations

import re

from searchkit.sources.savetime import read_script

_HEAD = 8 * 2**10  # bytes: the comment is among the first things in the page
_SINGLE = re.compile(r"Page saved with SingleFile\s{1,20}url: (\S{1,4000})\s{1,20}saved date: ([^\r\n]{1,100})")
_BROWSER = re.compile(r"<!-- saved from url=\((\d{4})\)(\S{1,4000})")


def read_note(content: bytes) -> tuple[str | None, str | None]:
    """The address and the time of saving that a page's first bytes tell; None for what they do not."""
    head = content[:_HEAD]
    if b"saved with SingleFile" not in head and b"saved from url=" not in head:
        return None, None
    text = head.decode("utf-8", "replace")
    if single := _SINGLE.search(text):
        return single[1], read_script(single[2])
    if browser := _BROWSER.search(text):
        url = browser[2][:int(browser[1])]
        return (url, None) if url.startswith(("http://", "https://")) else (None, None)
    return None, None
