"""Retrievers for programs that let a language model read: passages of an index in the classes of their frameworks.

Each module needs its framework and is imported by whoever has that: ``searchkit.hosts.langchain`` and so on.
"""
