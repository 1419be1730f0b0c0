"""Question sets for the page: read, asked of its own answerer, and drafted (see `qa.question_sets`)."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from eval.cases import KINDS, Case, check_gold
from eval.convert.recognise import read_set
from eval.convert.record import case_line, write_converted
from eval.draft import Typed, choose_sentences, make_case
from eval.reports.figures import make_report
from eval.reports.write import write_reports
from eval.run import shown_articles
from eval.runner import Asked, Inputs, ask_cases, finish
from eval.scores import Scored
from eval.stamp import make_stamp
from index.archive import Archive
from index.articles import Article
from index.errors import InputError
from index.sentences import Sentence
from qa.answers import Source
from qa.question_sets import Compared, Draft, QuestionSet, Quote, Written
from qa.settings import Settings

_SEED = 7
_AROUND = 300  # code points on each side of a draft


class PageSets:
    """Over one archive and what answers from it."""

    kinds = KINDS

    def __init__(self, settings: Settings, archive: Archive, asked: Asked) -> None:
        self._settings = settings
        self._archive = archive
        self._asked = asked

    def read(self, file: Path, out: Path) -> QuestionSet:
        """A set in any format of `dateline eval`, its articles in `out` where it brings any."""
        try:
            found = read_set(file)
            if found.articles:
                write_converted(found, out)
        except InputError as error:
            raise InputError(str(error).replace(f"{file.parent}/", "")) from None
        if not found.cases:
            raise InputError(f"{file.name}: there is no case in the file; {'; '.join(found.left_out[:1])}")
        kinds = Counter(case.kind for case in found.cases)
        named = {span.article for case in found.cases for group in case.gold for span in group}
        lacking = len(named) - len(self._archive.get(named)) if found.articles else 0
        left_out = tuple(one.replace(f"{file.parent}/", "") for one in found.left_out)
        return QuestionSet(
            name=file.name, cases=tuple(found.cases), kinds={one: kinds[one] for one in KINDS if kinds[one]},
            lacking=lacking, left_out=left_out,
        )  # fmt: skip

    def ask(self, asked: QuestionSet, out: Path) -> Iterator[Compared]:
        """One answer after the other, and after the last one the reports."""
        cases: Sequence[Case] = asked.cases
        held = self._archive.get({span.article for case in cases for group in case.gold for span in group})
        check_gold(cases, held)
        stamp = make_stamp(self._settings, self._archive, cases, _SEED)
        languages = {one: article.language for one, article in held.items()}
        inputs = Inputs(cases=cases, stamp=stamp, languages=languages)
        scored: list[Scored] = []
        for one in ask_cases(self._asked, inputs, out):
            scored.append(one)
            yield _compared(one, held)
        write_reports(make_report(scored, stamp, judge=None), scored, self._archive.get(shown_articles(scored)), out)
        finish(out, stamp)

    def drafts(self, count: int, seed: int) -> list[Draft]:
        """Sentences in turn by language and outlet, as `dateline eval new` shows them."""
        return [_draft(article, one) for article, one in choose_sentences(self._archive, count, seed=seed)]

    def case(self, draft: Draft, written: Written) -> str:
        """The case's line of JSON."""
        article = self._archive.get([draft.article.id]).get(draft.article.id)
        if article is None or article.text[draft.start : draft.end] != draft.text:
            raise InputError(f"the article {draft.article.id!r} is not in the archive any more; pass it over")
        place = Sentence(article_id=article.id, start=draft.start, end=draft.end)
        return json.dumps(case_line(make_case(article, place, Typed(**asdict(written)))), ensure_ascii=False)


def _compared(one: Scored, held: dict[str, Article]) -> Compared:
    case = one.case
    gold = tuple(
        tuple(Quote(article=_source(held[span.article]), text=held[span.article].text[span.start : span.end])
              for span in group)
        for group in case.gold
    )  # fmt: skip
    return Compared(
        question=case.question, kind=case.kind, language=case.language, verdict=case.verdict, answers=case.answers,
        gold=gold, answer=one.answer, problem=one.problem, problems=one.problems,
        right=one.scores["answer"] == 1.0 and not one.problems,
    )  # fmt: skip


def _draft(article: Article, one: Sentence) -> Draft:
    text, start, end = article.text, one.start, one.end
    return Draft(
        article=_source(article), start=start, end=end, before=text[max(0, start - _AROUND) : start],
        text=text[start:end], after=text[end : end + _AROUND],
    )  # fmt: skip


def _source(article: Article) -> Source:
    return Source(
        id=article.id, title=article.title, publisher=article.publisher, published=article.published,
        language=article.language, url=article.url,
    )  # fmt: skip
