"""HTML that no name can break."""

from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.report.markup import Markup, data, join, raw, tag


class Reader(HTMLParser):
    """What a browser makes of it: elements, and the text of each script."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


@given(st.text())
def test_text_stays_text(text: str) -> None:
    reader = read(tag("p", text))

    assert reader.elements == ["p"]
    assert reader.text == text.replace("\r\n", "\n").replace("\r", "\r")


@given(st.text(), st.sampled_from(["", "</script>", "<!--<script>", "\u2028"]))
def test_data_is_one_element_that_reads_back(text: str, ending: str) -> None:
    value = {text: [ending + text]}

    reader = read(data("d", value))

    assert reader.elements == ["script"]
    assert msgspec.json.decode(reader.text) == value


def test_attributes_are_escaped_and_what_is_none_is_left_out() -> None:
    made = tag("td", None, 3, title='"><b>', hidden=True, data_v=None, class_="n", draggable=False)

    assert made == '<td title="&quot;&gt;&lt;b&gt;" hidden class="n">3</td>'


def test_markup_is_not_escaped_again() -> None:
    assert join(tag("b", "<"), Markup("<hr>")) == "<b>&lt;</b><hr>"
    assert tag("meta", charset="utf-8") == '<meta charset="utf-8">'


def test_a_script_that_would_end_early_is_refused() -> None:
    with pytest.raises(AssertionError):
        raw("script", "let x = '</SCRIPT>'")
