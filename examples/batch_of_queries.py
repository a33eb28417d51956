"""How do I check a list of names or phrases, and which of them are there?"""

import searchkit

WATCHED = ["Huawei", '"Federal Communications Commission"', "Nokia carrier", "zeppelin", '"never closed']


def main() -> None:
    with searchkit.open(None) as index:
        index.add("seeds/")
        for text in WATCHED:
            try:
                results = index.query(text, facets=(), limit=1)
            except searchkit.QueryError as problem:  # one bad line does not end the list
                print(f"{text}: {problem}")
                continue
            best = results.hits[0].document.display_title if results.hits else "-"
            print(f"{text}: {results.total} documents; best: {best}")


if __name__ == "__main__":
    main()
