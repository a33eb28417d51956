"""searchkit's engine on OpenSearch. A server does the work, in other processes: its times are those of the clock."""

from functools import partial
from pathlib import Path
from time import perf_counter

from contenders.ours import build_with, open_with
from searchkit.engines import open_engine

build = partial(build_with, "opensearch")
open_reader = partial(open_with, "opensearch")
read_time = perf_counter


def measure_size(folder: Path) -> int:
    """Bytes of the index on the server, its copies left out."""
    engine = open_engine("opensearch", folder)
    stats = engine._connection.client.indices.stats(index=engine.index, metric="store")
    engine.close()
    return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])
