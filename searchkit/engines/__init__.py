"""Engines: each adapter knows one library and nothing of the others."""
