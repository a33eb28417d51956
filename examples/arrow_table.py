"""How do I hand the hits to Arrow, Polars, DuckDB or a Parquet file? (pip install 'searchkit[arrow]')"""

from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet

import searchkit


def main() -> None:
    with searchkit.open(None) as index, TemporaryDirectory() as place:
        index.add("seeds/")
        results = index.query("Huawei", facets=(), limit=None)
        table = results.to_arrow()  # polars.DataFrame(results) and duckdb take the results themselves
        print(table.schema.field("date"), table.schema.field("entities"))

        file = Path(place) / "hits.parquet"
        pyarrow.parquet.write_table(table, file)
        print(pyarrow.parquet.read_table(file).num_rows, "rows")


if __name__ == "__main__":
    main()
