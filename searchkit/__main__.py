"""``python -m searchkit``."""

from searchkit.entry import main

main()
