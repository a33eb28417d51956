"""Two names mean one firm: how do I correct that without indexing again?"""

from pathlib import Path
from tempfile import TemporaryDirectory

import searchkit

CORRECTIONS = """
[entity]
"Federal Communications Commission" = "FCC"
"United States Congress" = false
"""


def main() -> None:
    with TemporaryDirectory() as place:
        aliases = Path(place) / "aliases.toml"
        aliases.write_text("", encoding="utf-8")
        with searchkit.open(Path(place) / "index", aliases=aliases) as index:
            index.add("seeds/")
            before = {value.value: value.count for value in index.facets("entity:0")}

            aliases.write_text(CORRECTIONS, encoding="utf-8")  # read anew by the next query
            after = {value.value: value.count for value in index.facets("entity:0")}
            for name in ("Federal Communications Commission", "FCC", "United States Congress"):
                print(f"{name}: {before.get(name, 0)} before, {after.get(name, 0)} after")
            print(index.query("", entity="FCC").total, "documents name the FCC")


if __name__ == "__main__":
    main()
