"""Turn a pile of saved news and web pages into a searchable archive."""
