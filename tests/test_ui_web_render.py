import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article, make_article
from index.filters import Filters
from index.sentences import Sentence
from qa.answers import Answer, Citation, Decision, Evidence, Refusal, Source, Stance, Statement, Verdict
from ui.terminal import answer_lines
from ui.web.direction import clean, direction
from ui.web.render import render_body, render_conversation, render_notice, render_source, split_paragraphs
from ui.web.turns import Turn, find_evidence

ARABIC = "نفى السفير ذلك. لا توجد مثل هذه الخطط في جدول أعمال حكومتنا. وانتهى اللقاء."
QUOTE = "لا توجد مثل هذه الخطط في جدول أعمال حكومتنا."
HOSTILE = [
    "<script>steal()</script>",
    "<img src=x onerror=steal()>",
    "\"><svg onload='steal()'>",
    "' autofocus onfocus=steal() x='",
    "</bdi></p><iframe srcdoc='<script>steal()</script>'>",
    "${steal()} {{constructor.constructor('steal()')()}}",
    "&lt;script&gt;steal()&lt;/script&gt;",
    "<scr\x00ipt>steal()</scr\x00ipt>",
    "<!--><script>steal()</script>",
]
TAGS = {
    *("article", "bdi", "button", "div", "h2", "h3", "header", "mark", "p", "section", "span", "a", "ul", "li"),
}
ATTRIBUTES = {
    *("class", "dir", "lang", "type", "data-turn", "data-label", "aria-label", "aria-hidden", "title", "role"),
    *("id", "tabindex", "href", "target", "rel"),
}


class Page(HTMLParser):
    """What a browser would make of the HTML: elements, their attributes, and texts by tag and class."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, ...]] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((*self.open, data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def within(self, tag: str) -> str:
        return "".join(one[-1] for one in self.texts if tag in one[:-1])

    def find(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.elements if name == tag and wanted.items() <= found.items()]


def law_only_our_elements(html: str) -> Page:
    """Whatever was put in, only the elements and attributes that the page is made of come out."""
    page = Page(html)
    assert {tag for tag, _ in page.elements} <= TAGS
    assert {name for _, attributes in page.elements for name in attributes} <= ATTRIBUTES
    return page


def evidence(article: Article, quote: str, label: int = 1) -> Evidence:
    start = article.text.index(quote)
    names = ("id", "title", "publisher", "published", "language", "url")
    return Evidence(
        label=label,
        sentence=Sentence(article_id=article.id, start=start, end=start + len(quote)),
        quote=quote,
        context=article.text,
        article=Source(**{name: getattr(article, name) for name in names}),
        support=0.9,
    )


def answered(*found: Evidence, verdict: Verdict | None = None) -> Answer:
    text, statements, citations = "", [], []
    for one in found:
        start, end = len(text), len(text) + len(one.quote)
        text += f"{one.quote} [{one.label}]\n"
        statements.append(Statement(text=one.quote, start=start, end=end, labels=(one.label,)))
        about = {name: getattr(one.article, name) for name in ("title", "publisher", "published", "language", "url")}
        citations.append(
            Citation(
                label=one.label, article_id=one.article.id, start=one.sentence.start, end=one.sentence.end,
                quote=one.quote, answer_start=start, answer_end=end, stance=Stance.SUPPORTS, support=0.9, **about,
            )
        )  # fmt: skip
    return Answer(
        question="Did Armenia ask?", language="en", decision=Decision.ANSWERED, verdict=verdict, text=text,
        statements=tuple(statements), citations=tuple(citations), evidence=found, confidence=0.9,
    )  # fmt: skip


def show(answer: Answer, question: str = "Did Armenia ask?") -> str:
    return render_conversation([Turn(question=question, answer=answer)], {})


@pytest.fixture
def article() -> Article:
    return make_article(ARABIC, id="a1", title="السفير", publisher="وكالة", published="2020-09-28", language="ar",
                        url="https://agency.example/1")  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_becomes_markup(hostile: str) -> None:
    text = f"{hostile} and a word. More {hostile} text."
    article = Article(id="x", text=text, title=hostile, publisher=hostile, language=hostile, url=hostile)
    found = evidence(article, f"{hostile} and a word.")
    answer = replace(answered(found, found), short=hostile, warnings=(hostile,), language=hostile)
    refused = replace(answer, decision=Decision.REFUSED, refusal=Refusal.NOT_STATED)
    filters = Filters(publishers=(hostile,))
    for turn in (
        Turn(question=hostile, answer=answer, filters=filters),
        Turn(question=hostile, answer=refused),
        Turn(question=hostile, problem=hostile),
        Turn(question=hostile, progress=hostile, statements=answer.statements),
    ):
        assert clean(hostile) in law_only_our_elements(render_conversation([turn], {})).within("h2")
    law_only_our_elements(render_conversation([], {hostile: [hostile]}))
    assert clean(text) in law_only_our_elements(render_source(article, found)).within("article")
    law_only_our_elements(render_source(None, found))
    law_only_our_elements(render_notice(hostile))


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:steal()", " JaVaScRiPt:steal()", "java\x00script:steal()", "data:text/html,<script>x</script>"),
        *("vbscript:x", "file:///etc/passwd", "//other.example/x", "https:///x", "https://[bad", "ftp://a.example"),
    ],
)
def test_an_address_that_is_not_of_the_web_is_no_link(article: Article, url: str) -> None:
    page = law_only_our_elements(render_source(replace(article, url=url), evidence(article, QUOTE)))
    assert page.find("a") == []
    assert clean(url) in page.within("header")


def test_a_link_leaves_without_a_trace(article: Article) -> None:
    url = 'https://agency.example/?a=1&b="2"'
    page = Page(render_source(replace(article, url=url), evidence(article, QUOTE)))
    assert page.find("a") == [{"dir": "ltr", "href": url, "target": "_blank", "rel": "noopener noreferrer nofollow"}]


def test_overrides_of_direction_and_controls_are_taken_out() -> None:
    spoof = "\u202eevil\u202c \u2066x\u2069 \x1b[31m \ud800 \x85 stays \u200f\u200c"
    assert clean(spoof) == "evil x [31m   stays \u200f\u200c"
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", show(answered(), question=spoof))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (QUOTE, "rtl"),
        ("CSTO: لا توجد مثل هذه الخطط في جدول الأعمال", "rtl"),
        ("سفیر ارمنستان گفت", "rtl"),
        ("سفیر نے کہا", "rtl"),
        ("השגריר אמר", "rtl"),
        ("ދިވެހި", "rtl"),
        ("The ambassador (السفير) said so", "ltr"),
        ("Посол сказал", "ltr"),
        ("राजदूत ने कहा", "ltr"),
        ("大使说", "ltr"),
        ("2020: 1,234", "ltr"),
        ("", "ltr"),
    ],
)
def test_a_sentence_runs_as_its_script_does(text: str, expected: str) -> None:
    assert direction(text) == expected


def test_the_cited_sentence_is_marked_in_its_place_and_direction(article: Article) -> None:
    page = Page(render_source(article, evidence(article, QUOTE)))
    assert page.find("mark") == [{"id": "cited", "tabindex": "-1", "dir": "rtl"}]
    assert page.within("mark") == QUOTE
    assert "28 September 2020" in page.within("header")
    english = make_article("No such plan. It said so.", id="e", language="en")
    assert Page(render_source(english, evidence(english, "No such plan."))).find("mark", dir="ltr")


LETTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from("𝕏😀👩‍👧é́̈ابجدہ؟۔ע中\n\n\n <>&\"'\u202e\u200f\x00\r\t"),
)


@given(st.text(LETTERS, max_size=120), st.data())
def test_the_page_shows_the_article_and_marks_the_quote(text: str, data: st.DataObject) -> None:
    """Without its tags the body is the article's paragraphs, and the mark the quote, whatever the characters."""
    text = unicodedata.normalize("NFC", text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    html, spans = render_body(text, start, end), split_paragraphs(text)
    page = law_only_our_elements(html)
    assert re.sub(r"\s", "", "".join(text[a:b] for a, b in spans)) == re.sub(r"\s", "", text)
    paragraphs = [Page(one + "</p>").within("p") for one in html.split("</p>")[:-1]]
    assert paragraphs == [clean(text[first:last]) for first, last in spans]
    inside = [text[max(first, start) : min(last, end)] for first, last in spans if max(first, start) < min(last, end)]
    assert page.within("mark") == clean("".join(inside))
    assert len(page.find("mark", id="cited")) == (1 if text[start:end].strip() else len(page.find("mark")))


def test_a_sentence_over_a_paragraph_s_end_is_marked_on_both_sides() -> None:
    page = Page(render_body("One two\n\nthree four.\n\nFive.", 4, 14))
    assert page.within("mark") == "twothree"
    assert [found.get("id") for found in page.find("mark")] == ["cited", None]


def test_an_answer_names_its_sources_on_buttons(article: Article) -> None:
    other = make_article("No plan exists. None at all.", id="e", publisher="The Wire", language="en")
    found = (evidence(article, QUOTE, 1), evidence(other, "No plan exists.", 2), evidence(other, "None at all.", 3))
    page = law_only_our_elements(show(answered(*found, verdict=Verdict.NO)))
    buttons = page.find("button", **{"class": "cite"})
    assert [(one["data-turn"], one["data-label"]) for one in buttons] == [("0", "1"), ("0", "2"), ("0", "3")]
    assert buttons[0]["aria-label"] == "Source 1: وكالة, 28 September 2020, Arabic. Show the sentence in its article."
    assert [(one["dir"], one["lang"]) for one in page.find("p", **{"class": "statement"})] == [
        *[("rtl", "ar"), ("ltr", "en"), ("ltr", "en")]
    ]
    assert len(page.find("p", **{"class": "where"})) == 2
    assert page.find("span", **{"class": "badge no"})
    assert "High confidence" in page.within("article")


def test_a_refusal_says_so_and_what_stands_near(article: Article) -> None:
    refused = Answer(
        question="Who won?", language="en", decision=Decision.REFUSED, refusal=Refusal.NOT_STATED, confidence=0.7,
        text="x", evidence=(evidence(article, QUOTE),),
    )  # fmt: skip
    page = law_only_our_elements(show(refused))
    assert "The archive does not say." in page.within("article")
    assert "Nearest in the archive, not an answer" in page.within("section")
    assert QUOTE in page.within("section")
    assert page.find("span", **{"class": "badge refused"})
    bare = Page(show(replace(refused, refusal=Refusal.NOTHING_PASSES_FILTERS, evidence=())))
    assert "No article in the archive passes these filters" in bare.within("article")


def test_a_source_that_is_gone_or_changed_says_so(article: Article) -> None:
    cited = evidence(article, QUOTE)
    gone = Page(render_source(None, cited))
    assert "has been removed" in gone.within("p")
    assert QUOTE in gone.within("p")
    changed = Page(render_source(replace(article, text="صحح. " + ARABIC), cited))
    assert "has changed" in changed.within("p")
    assert changed.find("mark") == []


def test_filters_of_a_question_are_shown_with_it() -> None:
    filters = Filters(languages=("ar",), publishers=("The Wire",), after="2020-09-27")
    page = Page(render_conversation([Turn(question="Who?", filters=filters)], {}))
    assert page.within("bdi").startswith("ArabicThe Wirefrom 27 September 2020")


def test_a_label_that_no_answer_has_finds_nothing(article: Article) -> None:
    turns = (Turn(question="a", answer=answered(evidence(article, QUOTE))), Turn(question="b", problem="c"))
    assert find_evidence(turns, 0, 1) is not None
    assert [find_evidence(turns, *one) for one in ((0, 2), (1, 1), (2, 1), (-1, 1), (-2, 1))] == [None] * 5


def test_a_disputed_answer_says_who_stands_on_which_side(article: Article) -> None:
    other = make_article("No plan exists.", id="e", publisher="The Wire", language="en")
    found = (evidence(article, QUOTE, 1), evidence(other, "No plan exists.", 2))
    answer = answered(*found, verdict=Verdict.DISPUTED)
    stances = (Stance.SUPPORTS, Stance.CONTRADICTS)
    citations = tuple(replace(one, stance=stance) for one, stance in zip(answer.citations, stances, strict=True))
    page = show(replace(answer, citations=citations))
    assert page.index("Says yes") < page.index("Says no")
    assert "Says yes" not in show(answered(*found, verdict=Verdict.YES))
    lines = [line.plain for line in answer_lines(replace(answer, citations=citations, language="es"), isolate=False)]
    assert lines[0] == "Versiones opuestas.  90% sure"
    assert [line[4:].partition(": ")[0] for line in lines if line.startswith("[")] == ["yes", "no"]
