"""HTML that becomes Markdown, and cells that spreadsheets would run."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cocreate.exchange.cells import formula_plain, formula_safe
from cocreate.exchange.markup import html_to_markdown, looks_like_html

# The most trusting reader of Markdown there is: what is left of HTML would show.
trusting = MarkdownIt("commonmark", {"html": True})
trusting.validateLink = lambda url: True  # type: ignore[method-assign]

HTML = [
    ("one<br /><br />two<br>three", "one\n\ntwo\nthree"),
    ("<p>one</p><p>two &amp; <b>three</b></p>", "one\n\ntwo & **three**"),
    ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
    ("<h2>Why</h2>because", "## Why\n\nbecause"),
    ('<a href="https://x.example/a_b">there</a>', "[there](https://x.example/a_b)"),
    ('<a href="https://x.example/">https://x.example/</a>', "https://x.example/"),
    ('<a href="javascript:alert(1)">there</a>', "there"),
    ('<a href=" JaVaScript&colon;alert(1)">there</a>', "there"),
    ('<img src="https://x.example/1.png" alt="a map">', "[a map](https://x.example/1.png)"),
    ('<object><embed src="http://x.example/v"></embed></object>', "http://x.example/v"),
    ("a<script>alert(1)</script>b<style>x{}</style>", "ab"),
    ("a &lt;script&gt; b", "a &lt;script> b"),
    ("<i>a</i> &lt;img src=x onerror=y&gt;", "*a* &lt;img src=x onerror=y>"),
    ("<b>[x](javascript:alert(1))</b>", "**[x&#93;(javascript:alert(1))**"),
    ("a <b>b <i>c</b> d", "a **b *c*** d"),
    ("less than <50k and 3 < 4", "less than <50k and 3 < 4"),
    ("<!-- no --><?xml version='1'?>yes<br>", "yes"),
    ("broken <![CDATA[ and <b>bold</b>", "broken &lt;![CDATA[ and **bold**"),
    ("R&D; and http://x.example/?a=1&p;=2", "R&D; and http://x.example/?a=1&p;=2"),
    ("&#268;esk&yacute; &eacute", "Český &eacute"),
    ("snake_case * 2 * 3", "snake_case * 2 * 3"),
]


@pytest.mark.parametrize(("source", "expected"), HTML)
def test_html_becomes_markdown(source: str, expected: str) -> None:
    assert html_to_markdown(source) == expected


def test_nesting_without_end_leaves_the_words() -> None:
    assert html_to_markdown("<b><div>" * 5000 + "words") == "words"


pieces = st.sampled_from(
    r"< > </ \ ` ]( ]: [ ! ( ) &lt; &gt; &# &colon; script javascript: data: onerror= http://a"
    " <b> </b> <pre> </pre> <code> </code> <a_href=' '> </a> <img_src=' <td> <table> <li> <ul> <br>"
    " <blockquote> <svg> <textarea> <title> <!-- --> <![ x".replace("_", "\0").split()
).map(lambda piece: piece.replace("\0", " ")) | st.sampled_from(["\n", "    ", " "])


@given(st.lists(pieces | st.text(max_size=4), max_size=30).map("".join))
def test_nothing_dangerous_survives_any_html(source: str) -> None:
    shown = trusting.render(html_to_markdown(source))
    tags = set(re.findall(r"<\s*/?\s*([a-zA-Z!?][^\s>/]*)", shown))
    assert tags <= set("p em strong a ul ol li blockquote code pre h1 h2 h3 h4 h5 h6 hr br".split())
    for target in re.findall(r'href="([^"]*)"', shown):
        assert re.match(r"https?://|mailto:", target, re.I), shown


@pytest.mark.parametrize(
    ("said", "is_html"),
    [
        ("<p>one</p>\n<p>two</p>", True),
        ("one<br>two", True),
        ("- one\n- two with <b>tag</b>", False),
        ("**one**\n\ntwo<br>three", False),
        ("3 < 4", False),
    ],
)
def test_markdown_with_a_stray_tag_stays_markdown(said: str, is_html: bool) -> None:
    assert looks_like_html(said) is is_html


@given(st.text() | st.text("'=+-@\t\r\nx", max_size=6))
def test_formulas_are_made_safe_without_loss(cell: str) -> None:
    assert formula_plain(formula_safe(cell)) == cell
    assert not re.match(r"[=+\-@\t\r\n]", formula_safe(cell))


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("'=1+1", "''=1+1"),
        ("'tis", "'tis"),
        ("a=1", "a=1"),
        ("-5", "'-5"),
        ("", ""),
    ],
)
def test_an_apostrophe_goes_before_what_would_be_run(cell: str, safe: str) -> None:
    assert formula_safe(cell) == safe
