"""All text of a page and nothing else, in time that grows with the page and no faster."""

from __future__ import annotations

import time

import pytest

from searchkit.model import Document, Page, Rejected
from searchkit.pipeline import extract_plainly, plaintext
from searchkit.pipeline.plaintext import find_language, find_title, separate_lines, strip_tags

NASTY = ["<", "<a ", "<a b='", "<p>x", "</p", "<script", "<script>", "</script>", "<!--", "<!-- -->", "<![CDATA[", "&a",
         "&#1;", "&", " ", "\n", " \n", "\t \n", "<title>", "<html lang", "<html ", " lang=", ">", "\u6c34"]


@pytest.mark.parametrize(("markup", "text"), [
    ("<p>One</p><p>two</p>", "One\n\ntwo"),
    ("<ul><li>One<li>two</ul>three<br>four", "One\n\ntwo\n\nthree\n\nfour"),
    ("w<b>or</b>d\n <i>and</i>\tword", "word and word"),
    ("a<!-- b -->c<script>d</script>e<style>f</STYLE >g<template>h", "aceg"),
    ("a < b &amp; c &lt; d &eacute; &#233; &unknown; &#xD83D;", "a < b & c < d é é &unknown; \ufffd"),
    ("1 <2 and 3> 2", "1 <2 and 3> 2"),
    ("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";"),
    ("<title>Quay</title><body>Story", "Story"),
    ("<p title='a\nb'>Story</p ><!doctype x><?pi?>", "Story"),
    ("<div>" * 5000 + "deep" + "</div>" * 5000, "deep"),
    ("", ""),
])
def test_the_text_between_the_tags_is_taken(markup, text):
    assert strip_tags(markup) == text


def test_lines_of_a_dump_are_paragraphs():
    assert separate_lines("  One  line\r\n\n \n\x0btwo\t ") == "One line\n\ntwo"


def test_title_and_language_are_read_from_the_head():
    assert find_title("<html lang='de-AT'><title >\n Quay &amp; Pier</title>") == "Quay & Pier"
    assert find_language("<!doctype html><HTML class=x LANG=de-AT>") == "de-AT"
    assert (find_title("<p>no"), find_language("<html dir=ltr><p lang=de>")) == (None, None)


def test_no_word_is_lost_or_joined_where_a_page_is_cut_into_pieces(monkeypatch):
    monkeypatch.setattr(plaintext, "_CHUNK", 50)
    markup = "".join(f"<p>word{n} <b>next{n}</b> and <i>la</i>st{n}</p>\n" for n in range(300))
    assert strip_tags(markup).split("\n\n") == [f"word{n} next{n} and last{n}" for n in range(300)]


def test_the_text_is_bounded(monkeypatch):
    monkeypatch.setattr(plaintext, "MOST_TEXT", 100)
    assert len(strip_tags("<p>word" * 1000)) <= 100
    assert len(separate_lines("word\n" * 1000)) <= 100


@pytest.mark.parametrize("part", NASTY)
def test_ten_times_the_page_takes_no_more_than_some_ten_times_as_long(part):
    def measure(size):
        text = (part * size)[:size]
        begun = time.process_time()
        strip_tags(text)
        separate_lines(text)
        find_title(text)
        find_language(text)
        return time.process_time() - begun

    measure(1000)
    assert measure(300_000) < 30 * max(measure(30_000), 0.002)


def test_a_page_becomes_a_document_with_what_can_be_had_of_it():
    made = extract_plainly(Page("a.html", b"<html lang=en><title>Quay</title><nav>Home</nav><p>The tide was out.</p>",
                                url="https://x.example/1", captured="2020-02-03"))
    assert isinstance(made, Document)
    assert (made.title, made.body, made.url, made.date, made.date_not_after, made.language) == (
        "Quay", "Home\n\nThe tide was out.", "https://x.example/1", None, "2020-02-03", "en")


@pytest.mark.parametrize(("content", "reason"), [
    (b"", "empty"), (b"\x89PNG\r\n\x1a\n" + bytes(500), "binary"), (b"<html><body></body></html>", "no-content")])
def test_a_page_without_text_is_rejected(content, reason):
    made = extract_plainly(Page("a.html", content))
    assert isinstance(made, Rejected) and made.reason == reason
