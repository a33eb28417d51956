"""How do I get all hits into a spreadsheet?"""

import csv
import sys

import searchkit


def main() -> None:
    with searchkit.open(None) as index:
        index.add("seeds/")
        rows = csv.writer(sys.stdout)
        rows.writerow(["date", "publisher", "title", "names", "passage"])
        # limit=None: all of them. collapse=False: each copy of a story has a row of its own.
        for hit in index.query("Huawei carrier", facets=(), limit=None, collapse=False, sort="oldest"):
            names = "; ".join(entity.name for entity in hit.document.entities[:3])
            passage = hit.snippets[0].text if hit.snippets else ""
            # A spreadsheet would compute what begins so; `searchkit query --csv` knows more such beginnings.
            cells = [hit.date or "", hit.publisher or "", hit.document.display_title, names, passage]
            rows.writerow([f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell for cell in cells])


if __name__ == "__main__":
    main()
