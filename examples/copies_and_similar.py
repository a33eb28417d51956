"""Who reprinted a story, and what else is there like it?"""

import searchkit


def main() -> None:
    with searchkit.open(None) as index:
        index.add("seeds/")
        for hit in index.query("Huawei rural carriers", limit=None):
            if hit.copies.count:
                print(f"{hit.title} ({hit.publisher}): {hit.copies.count} copy, by {', '.join(hit.copies.publishers)}")
                for copy in index.query(f"group:{hit.document.group}"):
                    print("   the same text:", copy.document.path)
                for other in index.similar(hit.id, limit=2):
                    print("   like it:", other.document.display_title)


if __name__ == "__main__":
    main()
