"""CountedAnswerer: an answerer whose questions are counted, and that takes none when the server stops."""

from collections.abc import Iterator, Sequence
from time import perf_counter

from index.errors import ArchiveError, ChatError, DatelineError, InputError, ModelError
from index.filters import Filters
from qa.answerer import Answerer
from qa.answers import Event
from ui.web.meters import Meters

_KINDS = {InputError: "input", ArchiveError: "archive", ModelError: "model", ChatError: "chat"}


class CountedAnswerer(Answerer):
    """Answers as the answerer that it was made from. Safe to share between threads."""

    meters: Meters
    closing: bool

    @classmethod
    def of(cls, answerer: Answerer, meters: Meters) -> "CountedAnswerer":
        """An answerer over the same archive, counted in `meters`; set `closing` and it refuses to begin."""
        made = cls.__new__(cls)
        made.__dict__.update(vars(answerer))
        made.meters, made.closing = meters, False
        return made

    def stream(
        self, question: str, *, filters: Filters | None = None, k: int | None = None, history: Sequence[str] = ()
    ) -> Iterator[Event]:
        """As `Answerer.stream`; also raises InputError where the server stops."""
        if self.closing:
            raise InputError("the server is stopping; ask again in a minute", kind="stopping")
        begun = perf_counter()
        self.meters.change("dateline_questions_running", 1)
        try:
            for event in super().stream(question, filters=filters, k=k, history=history):
                if event.answer is not None:
                    one = event.answer
                    verdict, refusal = one.verdict or "none", one.refusal or "none"
                    self.meters.count(
                        "dateline_questions_total", decision=one.decision, verdict=verdict, refusal=refusal
                    )
                yield event
        except Exception as error:
            kind = next((name for base, name in _KINDS.items() if isinstance(error, base)), "other")
            self.meters.count("dateline_errors_total", kind=kind if isinstance(error, DatelineError) else "bug")
            raise
        finally:
            self.meters.change("dateline_questions_running", -1)
            self.meters.took(perf_counter() - begun)
