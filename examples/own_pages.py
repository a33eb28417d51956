"""My pages are no files: how do I index what I have in memory, a database or a crawler?"""

import searchkit

HTML = """<html><head><title>Ferry strike ends | Coast Gazette</title></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<h1>Ferry strike ends</h1><p class="date">Published 22 March 2018</p>
<p>The ferry crews of Bergen went back to work on Thursday morning, after eleven days in which no ship had left the
harbour and the islands had been supplied by helicopter.</p>
<p>Their union said that the first ferry would sail at dawn, and that talks about the winter timetable would begin in
April.</p></body></html>"""


def main() -> None:
    page = searchkit.Page("crawl/1", HTML, url="https://coast.example/ferry", captured="2018-03-23")
    with searchkit.open(None) as index:
        index.add(page)  # or a list of them; the same address again brings it up to date
        for hit in index.query("ferry strike"):
            print(hit.title, hit.date, hit.document.url)

    # What a page becomes, without an index.
    document = searchkit.extract(page)
    if isinstance(document, searchkit.Rejected):
        print(f"no document: {document.reason}")
    else:
        print([part.text for part in document.chrome if part.reason], document.body[:50])


if __name__ == "__main__":
    main()
