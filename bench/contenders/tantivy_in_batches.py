"""tantivy itself, with a commit for every batch as in a run of searchkit: an index of several segments."""

from functools import partial

from contenders import tantivy_engine
from contenders.ours import BATCH

build = partial(tantivy_engine.build, batch=BATCH)
open_reader = tantivy_engine.open_reader
