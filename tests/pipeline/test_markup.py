import gc

import pytest
from growth import grows_with_its_input
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.model import Page
from searchkit.pipeline import markup


def texts(source):
    return [block.text for block in markup.parse(source).blocks]


def only(source):
    (block,) = markup.parse(source).blocks
    return block


# -- what is HTML


@pytest.mark.parametrize(("text", "path", "media_type", "expected"), [
    ("<p>hello", "a.html", None, True),
    ("<p>hello", "a.SHTML.gz", None, True),
    ("<p>hello", "a", "application/xhtml+xml; charset=utf-8", True),
    ("a page saved without any tag", "a.html", None, False),
    ("<!-- saved -->\n<!DOCTYPE html><html><body>hello", "a.txt", "text/plain", True),
    ("<div>one</div>\n<div>two</div>", "a", None, True),
    ("Write a paragraph as <p> and a line break as <br>.\nThat is all.", "a.txt", None, False),
    ("<p> is how a paragraph begins.\nIt needs no end.\nNor does a list item.", "a.txt", None, False),
    ("plain words", "a.txt", None, False),
])
def test_a_page_is_html_by_its_look_and_else_by_name_and_type(text, path, media_type, expected):
    assert expected == markup.is_html(text, Page(path, text, media_type=media_type))


# -- blocks


def test_inline_elements_neither_split_words_nor_run_them_together():
    assert texts("<p>un<b>believ</b>able <i>news</i>&nbsp;today</p>") == ["unbelievable news today"]


def test_links_side_by_side_are_words_apart():
    assert texts("<div><a href=1>Home</a><a href=2>News</a></div>") == ["Home News"]


def test_adjacent_spans_part_where_lower_case_meets_upper_case():
    assert texts("<p><span>Ann Miller</span><span>Published today</span></p>") == ["Ann Miller Published today"]


def test_two_line_breaks_part_paragraphs_and_one_does_not():
    assert texts("<div>one<br>still one<br> <br/>two</div>") == ["one still one", "two"]


def test_preformatted_text_keeps_its_lines():
    assert texts("<pre>first  line\nsecond\n\nthird</pre>") == ["first line\nsecond", "third"]


def test_cells_and_text_around_nested_blocks_are_blocks_in_reading_order():
    source = "<div>before<table><tr><td>a</td><td>b</td></tr></table>between<ul><li>c</ul>after</div>"

    assert texts(source) == ["before", "a", "b", "between", "c", "after"]


@pytest.mark.parametrize("tag", ["script", "style", "template", "noscript", "iframe"])
def test_what_is_never_shown_is_no_text(tag):
    assert texts(f"<p>seen</p><{tag}>unseen</{tag}>also seen") == ["seen", "also seen"]


def test_hidden_elements_are_blocks_marked_as_hidden():
    for attribute in ("hidden", 'aria-hidden="true"', 'style="display: none"'):
        assert only(f"<div {attribute}>menu</div>").context[-1] == "div hidden"


def test_a_block_knows_its_tag_ancestors_and_links():
    block = only('<article id=Main class="Post Long" role=main><h2>See <a href=x>this one</a></h2></article>')

    assert block.tag == "h2"
    assert block.context == ("html", "body", "article#main.post.long main", "h2")
    assert block.link_chars == len("this one")


def test_inline_elements_around_a_whole_block_are_part_of_its_context():
    assert only("<p><span class=author>Ann</span></p>").context[-1] == "span.author"
    assert only("<p><span class=author>Ann</span> wrote</p>").context[-1] == "p"


def test_marks_name_times_authors_and_microdata():
    block = only('<p>By <a rel=author href=x><span itemprop="name">Ann</span></a>, '
                 '<time datetime="2020-02-03" itemprop="datePublished">Monday</time>'
                 '<meta itemprop="wordCount" content="7"></p>')

    assert block.marks == (("rel", "author"), ("itemprop:name", "Ann"), ("time", "2020-02-03"),
                           ("itemprop:datePublished", "2020-02-03"), ("itemprop:wordCount", "7"))


def test_the_mark_of_an_element_without_text_goes_to_the_next_block():
    assert only('<div><time datetime="2020"></time></div><p>text</p>').marks == (("time", "2020"),)


# -- head


def test_the_head_is_read():
    page = markup.parse('<html lang="de-AT"><head><title> A\n title </title><meta name="Author" content="Ann">'
                        '<meta property="og:url" content="http://a.example/1"><link rel="canonical" '
                        'href="http://a.example/2"><script type="application/ld+json">{"a": 1}</script></head>'
                        "<body><svg><title>icon</title></svg><p>text</p></body></html>")

    assert page.title == "A title"
    assert page.meta == (("author", "Ann"), ("og:url", "http://a.example/1"))
    assert page.json_ld == ('{"a": 1}',)
    assert page.canonical == "http://a.example/2"
    assert page.language == "de-AT"
    assert [block.text for block in page.blocks] == ["text"]


def test_without_a_canonical_link_the_address_is_the_one_given_to_social_media():
    assert markup.parse('<meta property="og:url" content="http://a.example"><p>x').canonical == "http://a.example"


# -- nothing is lost


def test_text_below_the_depth_that_lxml_bears_is_kept():
    assert texts("<div>" * 3000 + "deep" + "</div>" * 3000 + "<p>last</p>") == ["deep", "last"]


def test_text_after_the_end_of_the_page_is_kept():
    assert texts("<html><body>one</body></html><html><body><p>two</p></body></html>") == ["one", "two"]


def test_a_tag_of_megabytes_does_not_hide_what_follows():
    assert texts('<p title="' + "t" * 500_000 + '">text</p>') == ["text"]


def test_an_arrow_in_an_attribute_with_a_sign_in_its_name_ended_the_tag():
    # with libxml2 before 2.14, which reads no "@click"; what followed was taken for text
    assert texts('<button @click="$nextTick(() => focus())" class="menu">Menu</button>') == ["Menu"]


def test_the_patient_parser_finds_what_the_fast_one_finds():
    source = ('<html lang=en><head><title>T</title><script type="application/ld+json">{}</script></head><body>'
              '<div class=a><p>one <b>two</b></p><!-- no --><ul><li><a href=x>three</a></li></ul></div></body></html>')

    assert markup._parse_patiently(source) == markup._parse_fast(source)


@pytest.mark.parametrize(("part", "count"), [("<div>x", 500), ("<p>x", 2500), ("<", 12_500), ("<b><i>", 375),
                                             ("&", 12_500)])
def test_time_grows_with_the_size_of_the_page_only(part, count):
    assert grows_with_its_input(lambda size: markup.parse(part * size), count)


def test_the_blocks_of_a_page_stayed_in_memory_until_garbage_was_looked_for():
    def leave_garbage(paragraphs):
        gc.collect()
        markup.parse("<meta name=a content=b>" * paragraphs + "<p class=a>Some text.</p>" * paragraphs)
        return gc.collect()

    assert leave_garbage(2000) == leave_garbage(2) == 0


def test_nothing_is_no_blocks():
    assert markup.parse("").blocks == ()


_WORDS = st.text("ab é<&漢", min_size=1, max_size=6).map(lambda t: t.replace("&", "&amp;").replace("<", "&lt;"))
_TREES = st.recursive(
    _WORDS,
    lambda inner: st.tuples(st.sampled_from(("div", "b", "span", "section", "em", "article", "i")),
                            st.lists(inner, max_size=4)).map(lambda e: f"<{e[0]}>{''.join(e[1])}</{e[0]}>"),
    max_leaves=20)


@settings(max_examples=60, deadline=None)
@given(st.lists(_TREES, max_size=4))
def test_every_visible_character_is_in_exactly_one_block(parts):
    source = "<body>" + "".join(parts) + "</body>"
    visible = "".join(parts)
    for tag in ("div", "b", "span", "section", "em", "article", "i"):
        visible = visible.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    visible = visible.replace("&lt;", "<").replace("&amp;", "&")

    assert "".join("".join(texts(source)).split()) == "".join(visible.split())
