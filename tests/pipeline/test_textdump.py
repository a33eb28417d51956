from searchkit.pipeline import textdump

PROSE = ("The council met on Tuesday to settle how the old harbour should be used once the last of the "
         "fishing boats has left it, and could not agree on anything but the date of the next meeting.")


def texts(dump):
    return [block.text for block in textdump.parse(dump).blocks]


def wrap(text, width):
    lines, line = [], ""
    for word in text.split():
        if len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def test_each_line_of_a_plain_dump_is_a_block():
    dump = "Headline\n\nFirst paragraph.\nSecond paragraph.\n\n\n  Third   one.\n"

    blocks = textdump.parse(dump).blocks

    assert [(b.text, b.line, b.gap, b.indent) for b in blocks] == [
        ("Headline", 0, 0, 0), ("First paragraph.", 2, 1, 0), ("Second paragraph.", 3, 0, 0),
        ("Third one.", 6, 2, 2)]
    assert textdump.parse(dump).kind == "text"


def test_a_bulleted_line_is_an_item_without_its_bullet():
    blocks = textdump.parse("  • Home\n  ◦ News\n1. First point\n- a dash stays\nText").blocks

    assert [(b.tag, b.text) for b in blocks] == [
        ("li", "Home"), ("li", "News"), ("li", "1. First point"), ("li", "- a dash stays"), ("p", "Text")]


def test_speech_after_a_dash_goes_on_in_the_next_line():
    lines = wrap("- " + PROSE, 80)

    assert texts("\n".join([*lines, "", *wrap(PROSE, 80)])) == ["- " + PROSE, PROSE]


def test_a_bullet_alone_is_nothing():
    assert texts("one\n  •\ntwo") == ["one", "two"]


def test_hard_wrapped_lines_become_paragraphs_again():
    paragraphs = [f"{word} {PROSE}" for word in ("First", "Second", "Third", "Fourth")]
    lines = "\n\n".join("\n".join(wrap(paragraph, 72)) for paragraph in paragraphs)

    assert texts("Home\nNews\n\n" + lines) == ["Home", "News", *paragraphs]


def test_a_short_line_of_a_wrapped_dump_is_not_joined_with_the_next():
    lines = "\n\n".join("\n".join(wrap(PROSE, 72)) for _ in range(4))

    assert texts(lines + "\n\nAnn Miller\nPublished today\n")[-2:] == ["Ann Miller", "Published today"]


def test_items_of_a_wrapped_dump_are_joined_with_their_own_lines_only():
    first, second = wrap(PROSE, 68), wrap(PROSE, 68)
    item = "\n".join(["• " + first[0], *("  " + line for line in first[1:])])
    other = "\n".join(["• " + second[0], *("  " + line for line in second[1:])])

    assert texts("\n".join([item, other, item, other])) == [PROSE] * 4


def test_east_asian_lines_are_joined_without_a_space():
    text = "市議会は火曜日に古い港の使い方について話し合ったが結論は出なかったという" * 6
    lines = "\n".join(text[i : i + 40] for i in range(0, len(text), 40))

    assert texts("\n\n".join([lines] * 3)) == [text] * 3


def test_sentences_broken_by_their_links_are_put_together():
    menu = [f"Menu {word}" for word in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")]
    dump = [*menu, *menu, "The council met on Tuesday evening at the old", "Harbour House",
            ", which has stood there since 1901.", "Nothing was agreed on.", "Other news"]

    assert texts("\n".join(dump))[18:] == [
        "The council met on Tuesday evening at the old Harbour House, which has stood there since 1901.",
        "Nothing was agreed on.", "Other news"]


def test_paragraphs_with_blank_lines_between_them_are_left_alone():
    dump = "\n\n".join(["A line that ends in the middle of what it wants to say", "and one that begins small"] * 12)

    assert len(texts(dump)) == 24
