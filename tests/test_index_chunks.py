import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import make_article
from index.chunks import make_chunks
from index.sentences import split_sentences
from index.tokens import count_tokens

TEXTS = st.lists(
    st.sampled_from(["One two three. ", "قالت الوزارة. ", "Да. ", "他走了。", "A much longer sentence, it is. "]),
    min_size=1,
)


@given(TEXTS, st.integers(1, 60))
def test_chunks_are_whole_sentences_within_the_budget(parts: list[str], budget: int) -> None:
    article = make_article("".join(parts))
    sentences = split_sentences(article)
    chunks = make_chunks(article, sentences, budget)
    assert [one for chunk in chunks for one in chunk.sentences] == sentences
    for chunk in chunks:
        assert (chunk.start, chunk.end) == (chunk.sentences[0].start, chunk.sentences[-1].end)
        sizes = [count_tokens(article.text[one.start : one.end]) for one in chunk.sentences]
        assert len(sizes) == 1 or sum(sizes) <= budget
    assert len({chunk.id for chunk in chunks}) == len(chunks)


def test_a_budget_below_one_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least 1 token, got 0"):
        make_chunks(make_article("One."), [], 0)


def test_special_tokens_count_as_text() -> None:
    assert count_tokens("<|endoftext|>") > 1
