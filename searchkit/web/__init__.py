"""The web page and the HTTP API: two views of what an ``Index`` answers. Wants the extra ``web``."""
