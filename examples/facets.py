"""Who and what is in these pages, and who writes about whom?"""

import searchkit


def main() -> None:
    with searchkit.open(None) as index:
        index.add("seeds/")

        # The values of a field over everything, the most frequent first. The value None counts those without one.
        for value in index.facets("organisation:5"):
            print(f"{value.value}: {value.count} documents, {value.distinct} texts")

        # Over what a query matches, several fields at once; counts are of all matches, whatever the limit of hits.
        results = index.query("Huawei", facets=("publisher:3", "person:3"), limit=0)
        for field, values in results.facets.items():
            print(field, {value.value: value.count for value in values})

        # Values by their words, as a search box for a long list would ask.
        print([value.value for value in index.facets("entity", value="commun")])


if __name__ == "__main__":
    main()
