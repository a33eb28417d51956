"""searchkit's engine on tantivy."""

from functools import partial

from contenders.ours import build_with, open_with

build = partial(build_with, "tantivy")
open_reader = partial(open_with, "tantivy")
