"""The default engine: an ordinary Whoosh index, written in bulk and read a posting list at a time."""

from searchkit.engines.whoosh.adapter import WhooshEngine

__all__ = ["WhooshEngine"]
