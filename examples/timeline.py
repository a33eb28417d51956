"""When was something written about?"""

import searchkit


def main() -> None:
    with searchkit.open(None) as index:
        index.add("seeds/")

        # By year; date:month and date:day count finer. Empty periods are counted, too, where that is wished.
        results = index.query("Huawei", facets=("date:year",), limit=0, empty_periods=True)
        for period in results.facets["date:year"]:
            print(f"{period.value or 'no date'}: {'#' * period.count} {period.count}")

        # The first who wrote of it, as far as dates are known.
        for hit in index.query("Huawei carrier", sort="oldest", limit=3):
            print(hit.date, hit.publisher or "unknown", "-", hit.document.display_title)


if __name__ == "__main__":
    main()
