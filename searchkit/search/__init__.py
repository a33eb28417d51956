"""What a query means: analysis, query tree, parser, dates, highlighting. Knows no engine."""
