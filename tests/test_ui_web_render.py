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
from index.versions import Version
from qa.answers import Answer, Citation, Decision, Evidence, Refusal, Source, Stance, Statement, Verdict
from ui.terminal import answer_lines
from ui.web.chips import render_chips, without
from ui.web.direction import clean, direction
from ui.web.markdown import render_markdown
from ui.web.render import render_conversation, render_welcome
from ui.web.sources import (
    render_article,
    render_body,
    render_changes,
    render_notice,
    render_source,
    split_paragraphs,
)
from ui.web.turns import Turn, find_evidence
from ui.web.versions import open_button
from ui.web.words import read_words

ENGLISH = read_words("en")
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
    *("form", "label", "textarea", "ins", "del", "dialog", "input", "footer"),
}
ATTRIBUTES = {
    *("class", "dir", "lang", "type", "data-turn", "data-label", "aria-label", "aria-hidden", "title", "role"),
    *("id", "tabindex", "href", "target", "rel", "for", "rows", "maxlength", "aria-pressed", "aria-current"),
    *("data-markdown", "data-done", "data-helpful", "data-said", "data-article", "data-quote", "data-old"),
    *("data-kind", "data-value"),
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


def version(key: str, number: int) -> Version:
    return Version(id=key, number=number, digest="", since="2020-09-28", until=None)


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
    return render_conversation(ENGLISH, [Turn(question=question, answer=answer)])


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
        assert clean(hostile) in law_only_our_elements(render_conversation(ENGLISH, [turn])).within("h2")
    for helpful, noted in ((True, False), (False, True)):
        judged = Turn(question=hostile, answer=answer, helpful=helpful, noted=noted)
        law_only_our_elements(render_conversation(ENGLISH, [judged]))
    chips = ([hostile], [hostile], [hostile], hostile, hostile, hostile)
    assert clean(hostile) in law_only_our_elements(render_chips(ENGLISH, chips)).within("bdi")
    law_only_our_elements(render_welcome(ENGLISH, [hostile], empty=False))
    assert clean(text) in law_only_our_elements(render_source(ENGLISH, article, found)).within("article")
    law_only_our_elements(render_source(ENGLISH, None, found))
    copied = replace(found, copies=(replace(found.article, id=hostile),))
    versions = [version(hostile, 1), version("x", 2)]
    law_only_our_elements(render_source(ENGLISH, article, copied, versions))
    law_only_our_elements(render_article(ENGLISH, article, hostile, versions))
    other = replace(article, id=hostile, text=text[::-1], title="")
    law_only_our_elements(render_changes(ENGLISH, other, article, versions, hostile))
    law_only_our_elements(render_notice(ENGLISH, hostile))


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:steal()", " JaVaScRiPt:steal()", "java\x00script:steal()", "data:text/html,<script>x</script>"),
        *("vbscript:x", "file:///etc/passwd", "//other.example/x", "https:///x", "https://[bad", "ftp://a.example"),
    ],
)
def test_an_address_that_is_not_of_the_web_is_no_link(article: Article, url: str) -> None:
    page = law_only_our_elements(render_source(ENGLISH, replace(article, url=url), evidence(article, QUOTE)))
    assert page.find("a") == []
    assert clean(url) in page.within("header")


def test_a_link_leaves_without_a_trace(article: Article) -> None:
    url = 'https://agency.example/?a=1&b="2"'
    page = Page(render_source(ENGLISH, replace(article, url=url), evidence(article, QUOTE)))
    assert page.find("a") == [{"href": url, "target": "_blank", "rel": "noopener noreferrer nofollow"}]


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
    page = Page(render_source(ENGLISH, article, evidence(article, QUOTE)))
    assert page.find("mark") == [{"id": "cited", "tabindex": "-1", "dir": "rtl"}]
    assert page.within("mark") == QUOTE
    assert "28 September 2020" in page.within("header")
    english = make_article("No such plan. It said so.", id="e", language="en")
    assert Page(render_source(ENGLISH, english, evidence(english, "No such plan."))).find("mark", dir="ltr")


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
    gone = Page(render_source(ENGLISH, None, cited))
    assert "has been removed" in gone.within("p")
    assert QUOTE in gone.within("p")
    changed = Page(render_source(ENGLISH, replace(article, text="صحح. " + ARABIC), cited))
    assert "has changed" in changed.within("p")
    assert changed.find("mark") == []


def test_filters_of_a_question_are_shown_with_it() -> None:
    filters = Filters(languages=("ar",), publishers=("The Wire",), after="2020-09-27")
    page = Page(render_conversation(ENGLISH, [Turn(question="Who?", filters=filters)]))
    assert page.within("li") == "ArabicThe Wirefrom 27 September 2020"


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


def test_each_filter_is_a_chip_that_can_be_taken_away() -> None:
    values = (["ar"], ["The Wire"], ["Other"], "2020-09-27", "", "soon")
    page = law_only_our_elements(render_chips(ENGLISH, values))
    assert [one["aria-label"] for one in page.find("button") if "data-kind" in one] == [
        f"Remove the filter: {name}"
        for name in ("Arabic", "The Wire", "not Other", "from 27 September 2020", "as of soon")
    ]
    assert without(values, "publishers", "The Wire") == (["ar"], [], ["Other"], "2020-09-27", "", "soon")
    assert without(values, "as_of", "soon")[-1] == ""
    assert without(values, "all", "") == ([], [], [], "", "", "")
    assert render_chips(ENGLISH, ([], [], [], None, None, "")) == ""


def test_a_quote_is_marked_whatever_hides_in_it() -> None:
    held = make_article("One. The \u200bold\u202e bridge\x00 is closed. Three.", id="h", title="T", language="en")
    quote = Page(open_button("x", "h", "The \u200bold\u202e bridge\x00 is closed.")).find("button")[0]["data-quote"]
    assert quote == "The old bridge is closed."
    assert Page(render_article(ENGLISH, held, quote)).within("mark") == quote
    assert "<mark" not in render_article(ENGLISH, held, "another")
    assert "<mark" not in render_article(ENGLISH, held, "")


def test_copies_and_versions_are_a_click_away(article: Article) -> None:
    cited = evidence(article, QUOTE)
    cited = replace(cited, copies=(replace(cited.article, id="copy", publisher="Second"),))
    page = law_only_our_elements(render_source(ENGLISH, article, cited, [version("a1", 1), version("a1@v2", 2)]))
    opened = page.find("button", **{"class": "open"})
    assert [(one["data-article"], one["data-quote"]) for one in opened] == [("a1@v2", QUOTE), ("copy", QUOTE)]
    assert [(one["data-old"], one["data-article"]) for one in page.find("button", **{"class": "compare"})] == [
        ("a1", "a1@v2")
    ]
    assert Page(render_source(ENGLISH, article, cited, [version("a1", 1)])).find("button", **{"class": "compare"}) == []


def test_what_changed_is_marked() -> None:
    old = make_article("Five were hurt. None died.", id="a", title="Fire", language="en")
    new = make_article("Six were hurt. None died.", id="a@v2", title="Fire", language="en")
    page = law_only_our_elements(render_changes(ENGLISH, old, new, [version("a", 1), version("a@v2", 2)], ""))
    assert (page.within("del"), page.within("ins")) == ("Five", "Six")
    assert "From version 1 to version 2" in page.within("h2")


def test_a_copy_is_marked_where_it_carries_the_quote(article: Article) -> None:
    assert Page(render_article(ENGLISH, article, QUOTE)).within("mark") == QUOTE
    assert Page(render_article(ENGLISH, article, "not there")).find("mark") == []


def test_the_arabic_page_speaks_arabic(article: Article) -> None:
    arabic = read_words("ar")
    turn = Turn(question="Who?", answer=answered(evidence(article, QUOTE), verdict=Verdict.NO))
    page = Page(render_conversation(arabic, [turn]))
    assert "لا" in page.within("span")
    assert "28 سبتمبر 2020" in page.within("p")
    said = re.sub(re.escape("Did Armenia ask?"), "", page.within("button"))
    assert not re.search("[A-Za-z]", said)


@pytest.mark.parametrize("hostile", [*HOSTILE, "# head", "1. one", "- two", "[^1]: no", "a_b*c*", "~~x~~ | y", "\\"])
def test_no_text_becomes_markdown(hostile: str) -> None:
    article = Article(id="x", text=f"{hostile} and more.", title=hostile, publisher=hostile, url=hostile)
    answer = replace(answered(evidence(article, article.text)), question=hostile, short=hostile, warnings=(hostile,))
    shown = render_markdown(ENGLISH, answer)
    notes = re.findall(r"(?<!\\)\[\^\d+\]", shown)
    assert notes == ["[^1]", "[^1]"]
    ours = re.sub(r"(?m)^\*\*|\*\*$|(?<!\\)\[\^1\]|(?<= )\*(?!\s)|(?<=\S)\*(?= )", "", shown)
    assert not re.search(r"(?<!\\)(\\\\)*[*_\[\]<>`#~|]", ours), ours
    assert not re.search(r"(?m)^(\d+\.|-) ", shown)


def test_footnotes_have_what_a_reader_needs(article: Article) -> None:
    shown = render_markdown(ENGLISH, answered(evidence(article, QUOTE), verdict=Verdict.NO), prefix="2.")
    assert shown.startswith("**Did Armenia ask?**\n\n**No** · High confidence\n\n")
    assert f"{QUOTE}[^2.1]\n" in shown
    assert f"[^2.1]: “{QUOTE}” · *السفير* · وكالة · 28 September 2020 · Arabic · <https://agency.example/1>" in shown


def test_a_refusal_is_copied_as_one(article: Article) -> None:
    refused = Answer(
        question="Who won?", language="en", decision=Decision.REFUSED, refusal=Refusal.NOT_STATED, searched="Who?",
        evidence=(evidence(article, QUOTE),), filters=Filters(languages=("ar",)),
    )  # fmt: skip
    shown = render_markdown(ENGLISH, refused)
    assert "Searched for: Who?\n\nNarrow the search: Arabic\n\n**Not stated**" in shown
    assert f"Nearest in the archive, not an answer:\n\n- {QUOTE}[^1]" in shown
