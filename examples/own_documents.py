"""My texts are extracted already: how do I index them with their fields?"""

from searchkit import Document, Entity, PublicationDate
from searchkit import open as open_index

NOTES = [
    Document("note-1", "notes/1", "The tram carries people to the ferry.", title="Tram line opens",
             date=PublicationDate("2018-04", "month", "given", 1.0), publisher="Coast Gazette", language="en",
             entities=(Entity("Bergen", "place"),)),
    Document("note-2", "notes/2", "Die Brücke bleibt bis morgen zu.", title="Brücke gesperrt", language="de"),
]


def main() -> None:
    with open_index(None) as index:
        print(index.add(NOTES).added, "added")
        for hit in index.query("trams", publisher="Coast Gazette", after="2018"):
            print(hit.id, hit.title, hit.date)
        print(index.get("note-2").title)
        print(index.delete(["note-2"]), "deleted")


if __name__ == "__main__":
    main()
