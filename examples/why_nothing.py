"""A query finds nothing: which part of it is to blame, and what would help?"""

import searchkit


def main() -> None:
    with searchkit.open(None) as index:
        index.add("seeds/")

        said = index.explain("Huawei carrier zebra", after="2018")
        for clause in said.clauses:
            print(f"{clause.clause}: {clause.documents} alone, {clause.without} without it")
        print(said.emptied_by, said.advice)

        # A query says so itself: a correction, and the best documents with some of the words.
        results = index.query("Huwaei carrierz")
        print(f"did you mean: {results.suggestion}")
        print(index.query("Huawei zebra").partial.total, "have some of the words")


if __name__ == "__main__":
    main()
