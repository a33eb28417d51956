"""How do I go on with the hits in pandas? (pip install 'searchkit[pandas]')"""

import searchkit


def main() -> None:
    with searchkit.open(None) as index:
        index.add("seeds/")
        frame = index.query("Huawei", facets=(), limit=None).to_pandas()

    print(frame[["date", "publisher", "title"]].head(3))
    print(frame.groupby(frame["date"].dt.year.astype("Int64")).size())

    # Entities are lists: one row for each name.
    names = frame.explode("entities")["entities"].dropna().map(lambda entity: entity["name"])
    print(names.value_counts().head(3).to_dict())


if __name__ == "__main__":
    main()
