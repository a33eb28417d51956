"""How do I search from Python, with filters, and show what matches?"""

import searchkit


def main() -> None:
    with searchkit.open(None) as index:  # in this process only; give a folder to keep it
        index.add("seeds/")

        results = index.query('Huawei "rural carriers"', after="2018", match="any", limit=5, snippets=2)
        print(f"{results.total} documents, {results.distinct} distinct texts; searched for {results.parsed}")
        for hit in results:
            print(f"{hit.rank}. {hit.document.display_title} ({hit.date or 'no date'}, {hit.publisher or 'unknown'})")
            for snippet in hit.snippets:
                print("  ", snippet.mark("[", "]"))

        # A mistake in a query says where it is and what to do.
        try:
            index.query("publsher:Gazette")
        except searchkit.QueryError as problem:
            print(f"{problem.what} at character {problem.position}: {problem.hint}")


if __name__ == "__main__":
    main()
