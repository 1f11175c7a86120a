"""An HTML page taken apart, for tests of what is on it."""

import re
from html.parser import HTMLParser

EMPTY = {"meta", "img", "br", "link", "input"}


class Page(HTMLParser):
    """Elements as (tag, attributes, path of tags), and texts as (words, id of the section they are in)."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words, self.open = [], [], []
        self.text = text
        self.feed(text)
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.elements.append((tag, attributes, [each for each, _ in self.open]))
        if tag not in EMPTY:
            self.open.append((tag, attributes))

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), [each for each, _ in self.open]))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag, f"</{tag}> closes something else"

    def handle_data(self, words):
        section = next((a.get("aria-labelledby", "") for t, a in reversed(self.open) if t == "section"), "")
        self.words.append((words, section, next((a["id"] for _, a in reversed(self.open) if "id" in a), "")))

    def all(self, tag, **wanted):
        """The attributes of all elements of a kind."""
        return [a for t, a, _ in self.elements if t == tag and all(a.get(k) == v for k, v in wanted.items())]

    def section(self, place):
        """The words of a section, without the marks between them."""
        return re.sub(r"\s+", " ", "".join(words for words, section, _ in self.words if section == place))

    @property
    def ids(self):
        return [a["id"] for _, a, _ in self.elements if "id" in a]
