"""The style sheet, the script and the icon: read once, addressed by what they hold, so that browsers may keep them."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).with_name("static")
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
KEEP = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """A file that pages load: where it is, what it holds."""

    link: str
    content: bytes
    media_type: str


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    digest = blake2b(content, digest_size=6).hexdigest()
    return Asset(f"/static/{path.stem}.{digest}{path.suffix}", content, TYPES[path.suffix])


ASSETS = {path.name: _read(path) for path in sorted(FOLDER.iterdir())}
BY_LINK = {asset.link: asset for asset in ASSETS.values()}
