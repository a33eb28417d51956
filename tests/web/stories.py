"""A wire story that several papers printed, and others."""

from __future__ import annotations

from typing import Any

WIRE = ("The port authority of Bergen said on Monday that the night ferry would stop for the winter because the pier "
        "needs new piles. Crews were told in the morning and passengers in the evening. The union of the crews called "
        "it a surprise, and the mayor a disgrace; the authority answered that the pier was built in 1931 and had been "
        "patched every spring since. Divers found eleven piles that could be pushed over by hand. Buses will run "
        "around the fjord, which takes four hours and two tunnels, and the fare will be that of the ferry. ")
PAPERS = ("Coast Gazette", "Fjord Post", "Harbour News", "Harbour News")
COPIES: list[dict[str, Any]] = [
    *({"id": f"wire{number}", "title": "Night ferry stops for the winter", "body": WIRE, "publisher": paper,
       "date": f"2018-03-2{number}", "language": "en"} for number, paper in enumerate(PAPERS)),
    {"id": "own", "title": "A tram of our own", "publisher": "Fjord Post", "date": "2019-01-02", "language": "en",
     "body": "The council wants a tram, and a ferry to meet it."},
]
