"""Federation: one answer of several indexes, whatever their engines.

``member`` is one of the indexes, ``overlap`` says which documents and texts stand in several of them, ``asking`` what
each is asked, ``weighing`` makes their scores comparable, ``merging`` their order one, ``counting`` their facets.
"""

from searchkit.federation.adapter import Federation
from searchkit.federation.member import Member, choose_names, name_index

__all__ = ["Federation", "Member", "choose_names", "name_index"]
