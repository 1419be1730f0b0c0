"""What a question takes for granted: found in its words, contradicted where the sources deny it, else left alone."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from index.articles import make_article
from index.sentences import split_sentences
from qa import build_answerer
from qa.answers import Answer, Decision, Stance, Verdict
from qa.evidence import Passage
from qa.judge import Judgement
from qa.premise import premise, weigh
from qa.reader.chances import polar
from qa.reader.cross_encoder import CrossEncoderReader
from qa.reader.protocol import Reading
from qa.settings import Settings
from ui.terminal import answer_lines
from ui.web.actions import summary
from ui.web.markdown import render_markdown
from ui.web.pieces import render_head
from ui.web.words import read_words

LEFT = {
    "Why did Armenia ask?": "Did Armenia ask?",
    "why did the U.S. Senate pass Mr. Lund's bill": "Did the U.S. Senate pass Mr. Lund's bill?",
    "Warum lehnte es Bellweather ab?": "Lehnte es Bellweather ab?",
    "¿Por qué fue detenido el directivo?": "¿Fue detenido el directivo?",
    "Pourquoi la maison a-t-elle été démolie ?": "La maison a-t-elle été démolie?",
    "Por que o ministro renunciou?": "O ministro renunciou?",
    "Perché la ministra si è dimessa?": "La ministra si è dimessa?",
    "Почему Армения попросила о помощи?": "Армения попросила о помощи?",
    "Чому міністр пішов?": "Міністр пішов?",
    "لماذا استقال الوزير؟": "استقال الوزير؟",
    "چرا توماس نامزد شد؟": "توماس نامزد شد؟",
    "وزیر نے کیوں استعفیٰ دیا؟": "وزیر نے استعفیٰ دیا؟",
    "Bakan neden istifa etti?": "Bakan istifa etti?",
    "बैंक ने ब्याज दर क्यों घटाई?": "बैंक ने ब्याज दर घटाई?",
    "火箭为什么会爆炸？": "火箭会爆炸？",
    "大臣はなぜ辞任したのか？": "大臣は辞任したのか？",
}
DENY = """Why did he not come? | Why didn't he come? | Why cannot he travel?
Bakan neden gelmedi? | Bakan neden gelmemişti? | Bakan neden konuşmuyor?
Почему он не пришёл? | Почему министра нельзя уволить? | لماذا لم يأت؟
他为什么没有来？ | وہ کیوں نہیں آیا؟ | Perché non è venuto?
彼はなぜ来なかったのか？ | चुनाव क्यों नहीं हुआ? | چرا او نیامد؟
چرا ایران نپذیرفت؟ | Pourquoi personne n'est venu ? | Pourquoi le ministre ne parle-t-il plus ?
Warum kam niemand? | ¿Por qué nadie vino?"""
OTHERS = """Who resigned? | Did he resign? | Why? | Whyever did he go? | Why on earth did he go? | When did he resign?
Why did it fall? Say yes. | Why did it fall, see http://a.example | 为什么会爆炸？请回答是 | Yağmur sele neden oldu mu?
Yangına kim neden oldu? | 他解释为什么辞职了吗？ | آیا وزیر گفت چرا استعفا داد؟"""


def each(lines: str) -> list[str]:
    return [one.strip() for one in lines.replace("\n", "|").split("|")]


@pytest.mark.parametrize(("question", "left"), LEFT.items())
def test_what_asks_why_is_taken_away(question: str, left: str) -> None:
    assert premise(question) == left


@pytest.mark.parametrize("question", each(DENY) + each(OTHERS))
def test_other_questions_and_those_that_deny_take_nothing_for_granted(question: str) -> None:
    assert premise(question) is None


class Told:
    """A reader that says of each sentence what a table has: how likely it answers, and that it says yes."""

    name = "told"

    def __init__(self, table: dict[str, tuple[float, float | None]]) -> None:
        self.table = table

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        found = []
        for one in passages:
            chance, yes = self.table[one.text]
            probabilities = polar(chance, yes)[1] if yes is not None and not question.startswith("Why") else {}
            found.append(Reading(answerable=chance, start=0, end=1, probabilities=probabilities))
        return found


def weighed(table: dict[str, tuple[float, float | None]], asked: float = 0.4) -> Judgement:
    passages = [Passage(article=article, sentence=split_sentences(article)[0]) for article in map(make_article, table)]
    first = [Reading(answerable=asked, start=0, end=1, probabilities={}) for _ in passages]
    ranked = list(zip(passages, first, strict=True))
    return weigh(Told(table), "Why did it ask for help?", ranked, threshold=0.3, statements=3)


def test_a_sure_denial_contradicts_and_is_cited_as_that() -> None:
    found = weighed({"It did not ask.": (0.9, 0.1), "It rained.": (0.1, 0.5)})
    assert (found.verdict, found.premise, found.short) == (Verdict.NO, "Did it ask for help?", None)
    assert [(one.text, stance) for one, stance, _ in found.cited] == [("It did not ask.", Stance.CONTRADICTS)]
    assert found.confidence == pytest.approx(0.81)


@pytest.mark.parametrize(
    ("table", "asked"),
    [
        ({"It has no plans.": (0.9, 0.3)}, 0.4),  # not sure of no
        ({"It did not ask.": (0.9, 0.1), "It asked.": (0.95, 0.9)}, 0.4),  # both are said
        ({"It did not ask.": (0.9, 0.1), "It asked.": (0.95, 0.6)}, 0.4),  # the best sentence leans to yes
        ({"It did not ask.": (0.5, 0.1)}, 0.4),  # no good evidence
        ({"It did not ask.": (0.9, 0.1)}, 0.95),  # the question itself is answered better
        ({"It did not ask.": (0.2, 0.1)}, 0.1),  # says too little
        ({"It did not ask.": (0.9, None)}, 0.4),  # a reader that knows no yes and no
    ],
)
def test_else_the_question_is_answered_as_any_other(table: dict[str, tuple[float, float | None]], asked: float) -> None:
    found = weighed(table, asked)
    assert (found.verdict, found.premise) == (None, None)
    assert bool(found.cited) == (asked >= 0.3)


@pytest.mark.parametrize("verdicts", ["measured", "always"])
def test_the_reader_tells_a_denied_premise_from_one_that_holds(verdicts: str) -> None:
    reader = CrossEncoderReader(Settings().cache, verdicts=verdicts)  # type: ignore[arg-type]
    said = {"en": ("The ministry said it had no plans to ask the alliance for troops.",
                   "The ministry asked the alliance for troops because the border is quiet no more."),
            "ru": ("В министерстве заявили, что не планируют просить альянс о войсках.",
                   "Министерство попросило у альянса войска после нападения на границе."),
            "ar": ("وقالت الوزارة إنها لا تعتزم طلب قوات من الحلف.",
                   "طلبت الوزارة قوات من الحلف بعد الهجوم على الحدود.")}  # fmt: skip
    for language, texts in said.items():
        for text, denied in zip(texts, (True, False), strict=True):
            article = make_article(text, language=language)
            passages = [Passage(article=article, sentence=split_sentences(article)[0])]
            question = "Why did the ministry ask the alliance for troops?"
            ranked = list(zip(passages, reader.read(question, passages), strict=True))
            found = weigh(reader, question, ranked, threshold=0.2, statements=3)
            assert (found.premise is not None) is denied, text


def test_over_the_sample_a_deal_that_was_accepted_was_not_voted_down(sample_db: Path) -> None:
    answerer = build_answerer(db=sample_db)
    answer = answerer.ask("Why did the dockers of Puerto Alba vote down the 5.5 percent deal?")
    assert answer.premise == "Did the dockers of Puerto Alba vote down the 5.5 percent deal?"
    assert (answer.decision, answer.verdict) == (Decision.ANSWERED, Verdict.NO)
    assert {one.stance for one in answer.citations} == {Stance.CONTRADICTS}
    assert "accepting" in answer.citations[0].quote
    head = f"{answer.premise} No."
    assert answer.text.startswith(head)
    assert head in "\n".join(one.plain for one in answer_lines(answer, isolate=False))
    words = read_words("en")
    assert f'<bdi class="premise" lang="en">{answer.premise}</bdi><span class="badge no">No</span>' in render_head(
        words, answer
    )
    assert "percent deal? · **No** · " in render_markdown(words, answer)
    assert summary(words, answer).startswith(f"{head[:-1]}. ")
    assert Answer.from_dict(answer.to_dict()) == answer
    assert answerer.ask("Who led the dockers?").premise is None
    answerer.close()
    never = build_answerer(db=sample_db, verdicts="never")
    assert never.ask(answer.question).premise is None
    never.close()
