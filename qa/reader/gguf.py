"""Yes and no told by a language model in a GGUF file, run by llama.cpp on this machine (extra `gguf`).

The bundled reader finds the sentences that answer; the model reads the few most likely of them, each by itself, and is
asked for one word. What counts is how likely each of the words is as the next one, so nothing it writes is shown.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import exp
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import Any

from index.errors import ModelError
from qa.evidence import Passage
from qa.reader.chances import polar
from qa.reader.protocol import Reader, Reading

_READ = 3  # passages a question, half a second each for a model of 270 million parameters on two cores
_CONTEXT = 4096  # tokens
_LONGEST = 1500  # bytes of a question or a sentence, which are no more tokens than that
_WORDS = (" Yes", " No", " Not")  # tokens, of which the third begins "Not stated"
_ASKED = 100  # next tokens whose chances are looked at; a word beyond them has none
_TASK = "Read the sentence from the news and answer the question with Yes, No or Not stated.\n\n"
_SHOTS = (
    ("The board said on Monday that it had ruled out a sale of the Lisbon plant.", "Is the plant for sale?", "No"),
    ("Both ministers put their names to the fishing pact late on Tuesday.", "Has the pact been signed?", "Yes"),
    ("The union had asked the mayor for talks about the strike.", "Did the mayor meet the union?", "Not stated"),
    ("After three years in court Mrs Abreu was cleared of every charge.", "Was Mrs Abreu acquitted?", "Yes"),
)

_LOCK = Lock()


class GgufReader:
    """Another reader's readings, with the verdicts of a language model."""

    def __init__(self, base: Reader, path: Path) -> None:
        """`base` finds and, for questions that ask for yes or no, gives some chance of it; `path` is the GGUF file.

        The model is loaded when the first such question is read, and only then a ModelError says that it cannot be.
        """
        self.base = base
        self._path = path

    @property
    def name(self) -> str:
        """Both readers'."""
        return f"{self.base.name}+gguf-1/{self._path.stem}"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage; yes or no only of the three most likely to answer.

        Raises:
            ModelError: the model cannot be loaded, or the base reader's cannot.
        """
        found = self.base.read(question, passages)
        if not any(one.probabilities for one in found):
            return found
        found = [replace(one, verdict=None, probabilities={}) for one in found]
        for at in sorted(range(len(found)), key=lambda place: -found[place].answerable)[:_READ]:
            found[at] = self._told(found[at], self.chances(question, passages[at].text))
        return found

    def chances(self, question: str, text: str) -> tuple[float, float, float]:
        """How likely the text says yes, says no, and does not say; they sum to 1.

        Raises:
            ModelError: the model cannot be loaded.
        """
        wanted = {"n_predict": 1, "n_probs": _ASKED, "temperature": 0.0, "cache_prompt": True}
        with _LOCK:
            said = _load(self._path).handle_completions({"prompt": _prompt(question, text)} | wanted)
        tokens = said["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        likely = {one["token"]: exp(one["logprob"]) for one in reversed(tokens)}
        yes, no, absent = (likely.get(word, 0.0) for word in _WORDS)
        total = yes + no + absent
        return (yes / total, no / total, absent / total) if total else (0.0, 0.0, 1.0)

    @staticmethod
    def _told(reading: Reading, chances: tuple[float, float, float]) -> Reading:
        yes, no, absent = chances
        if not yes + no:
            return replace(reading, answerable=0.0)
        answerable = reading.answerable * (1.0 - absent)
        verdict, probabilities = polar(answerable, yes / (yes + no))
        return replace(reading, answerable=answerable, verdict=verdict, probabilities=probabilities)


@cache
def _load(path: Path) -> Any:  # noqa: ANN401 - xllamacpp has no types
    """Loaded once for all readers of a process."""
    try:
        import xllamacpp
    except ImportError:
        raise ModelError(f"{path} needs llama.cpp: pip install -c constraints.txt -e '.[gguf]'") from None
    params = xllamacpp.CommonParams()
    params.model.path, params.n_ctx, params.n_parallel = str(path), _CONTEXT, 1
    params.warmup, params.ui, params.verbosity, params.cache_ram_mib = False, False, 0, 0
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [token_hex()]  # it listens; nobody may ask
    try:
        return xllamacpp.Server(params)
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"{path} is not a model that llama.cpp can load: {error}") from error


def _prompt(question: str, text: str) -> str:
    shots = "".join(f"Sentence: {text}\nQuestion: {asked}\nAnswer: {said}\n\n" for text, asked, said in _SHOTS)
    return f"{_TASK}{shots}Sentence: {_line(text)}\nQuestion: {_line(question)}\nAnswer:"


def _line(text: str) -> str:
    return " ".join(text.split()).encode()[:_LONGEST].decode(errors="ignore")
