"""What must hold of every page, told by the page itself."""

from collections import Counter
from html.parser import HTMLParser

from lxml import html

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SVG = {"use", "path"}
BLOCKS = {"div", "p", "ul", "ol", "dl", "table", "section", "form", "h1", "h2", "h3", "header", "footer", "nav", "details"}


class Tags(HTMLParser):
    """Finds tags that are not closed, closed twice, or stand where HTML does not let them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        self.wrong += [f"<{tag}> has {name} twice" for name, count in Counter(names).items() if count > 1]
        if tag in BLOCKS and "p" in self.open:
            self.wrong.append(f"<{tag}> inside <p> at {self.getpos()}")
        if tag == "form" and "form" in self.open:
            self.wrong.append(f"<form> inside <form> at {self.getpos()}")
        if tag in {"a", "button"} and {"a", "button"} & set(self.open):
            self.wrong.append(f"<{tag}> inside <{self.open[-1]}> at {self.getpos()}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        if tag not in VOID | SVG:
            self.wrong.append(f"<{tag}/> at {self.getpos()}")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


class Page:
    """A page's text, and questions to it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = html.fromstring(text)

    @property
    def csrf(self) -> str:
        return self.tree.xpath("string((//input[@name='_csrf']/@value)[1])")

    @property
    def title(self) -> str:
        return self.tree.xpath("string(//title)").strip()

    @property
    def heading(self) -> str:
        return " ".join(self.tree.xpath("string(//h1)").split())

    def texts(self, path: str) -> list[str]:
        return [" ".join(node.text_content().split()) for node in self.tree.xpath(path)]

    def links(self) -> set[str]:
        return {link.split("#")[0] for link in self.tree.xpath("//a/@href") if link.startswith("/")}

    def checked(self) -> "Page":
        """Fail with everything that is wrong."""
        wrong = [*self._tags(), *self._head(), *self._ids(), *self._inputs(), *self._forms(), *self._inline()]
        assert not wrong, "\n".join(wrong)
        return self

    def _tags(self):
        tags = Tags()
        tags.feed(self.text)
        return [*tags.wrong, *(f"<{tag}> is not closed" for tag in tags.open)]

    def _head(self):
        count = len(self.tree.xpath("//h1"))
        if count != 1:
            yield f"{count} h1"
        if not self.heading or not self.title.startswith(self.heading):
            yield f"title {self.title!r} does not begin with h1 {self.heading!r}"
        if len(self.tree.xpath("//main")) != 1 or not self.tree.get("lang"):
            yield "no main, or no language"

    def _ids(self):
        ids = Counter(self.tree.xpath("//@id"))
        yield from (f"id {name} twice" for name, count in ids.items() if count > 1)
        for attribute in ("for", "aria-labelledby", "aria-describedby", "popovertarget"):
            for value in self.tree.xpath(f"//@{attribute}"):
                yield from (f"{attribute} points to nothing: {name}" for name in value.split() if name not in ids)

    def _inputs(self):
        named = set(self.tree.xpath("//label/@for"))
        for field in self.tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
            labelled = field.get("aria-label") or field.get("aria-labelledby") or field.get("id") in named \
                or field.xpath("ancestor::label")
            if not labelled:
                yield f"no label: {html.tostring(field, encoding='unicode')[:120]}"

    def _forms(self):
        for form in self.tree.xpath("//form[@method='post']"):
            if not form.xpath(".//input[@type='hidden'][@name='_csrf'][string-length(@value) > 20]"):
                yield f"no token in the form to {form.get('action')}"

    def _inline(self):
        yield from ("inline script" for _ in self.tree.xpath("//script[not(@src)]"))
        yield from ("inline style" for _ in self.tree.xpath("//style | //@style"))
        yield from (f"inline handler {a}" for a in self.tree.xpath("//@*[starts-with(name(), 'on')]"))
        yield from ("javascript: link" for _ in self.tree.xpath("//@href[starts-with(., 'javascript:')]"))


def filled(page: str, to: str = "/operations/") -> dict[str, str]:
    """What a browser would send, as it stands, of the form that leads there; of the operation's where none is named."""
    form = Page(page).tree.xpath("//form[contains(@action, $to)]", to=to)[0]
    return {name: value for name, value in form.form_values() if name != "look"}
