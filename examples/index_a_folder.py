"""How do I make a folder of saved pages searchable, and bring it up to date later?"""

from pathlib import Path
from tempfile import TemporaryDirectory

import searchkit


def main() -> None:
    with TemporaryDirectory() as place, searchkit.open(Path(place) / "index") as index:
        report = index.add("seeds/")
        print(f"{report.added} added, {len(report.rejected)} rejected in {report.seconds} s")

        # A second run reads only what has changed; prune forgets the pages that are gone.
        again = index.add("seeds/", prune=True)
        print(f"{again.unchanged} unchanged, {again.removed} removed")
        for page in again.rejected:
            print(f"{page.path}: {page.reason}")

        numbers = index.stats()
        print(f"{numbers['documents']} documents from {numbers['first_date']} to {numbers['last_date']}")


if __name__ == "__main__":  # outside Linux the processes that extract pages import this file
    main()
