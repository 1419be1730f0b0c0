"""What a session has been shown to ask about, and the cases that it has kept."""

from dataclasses import dataclass, replace

from qa.question_sets import Draft, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """`drafts` with number `at` before the eyes; `kept` are questions and their lines of JSON; `turn` counts draws."""

    drafts: tuple[Draft, ...] = ()
    at: int = 0
    kept: tuple[tuple[str, str], ...] = ()
    turn: int = 0

    @property
    def draft(self) -> Draft | None:
        """What is before the eyes; None before the first and after the last."""
        return self.drafts[self.at] if self.at < len(self.drafts) else None

    @property
    def file(self) -> str:
        """The kept cases as JSON Lines."""
        return "".join(f"{line}\n" for _, line in self.kept)

    def next(self) -> "Drafting":
        """With the next one before the eyes."""
        return replace(self, at=min(self.at + 1, len(self.drafts)))

    def keep(self, written: Written, line: str) -> "Drafting":
        """With a case kept; the same one once."""
        new = (written.question, line)
        return replace(self, kept=self.kept if new in self.kept else (*self.kept, new)).next()

    def drop(self, at: object) -> "Drafting":
        """Without the kept case of a number that a browser sent."""
        if not isinstance(at, int) or not 0 <= at < len(self.kept):
            return self
        return replace(self, kept=(*self.kept[:at], *self.kept[at + 1 :]))


def guess(draft: Draft) -> Written:
    """What the form begins with: one number in the sentence is likely what is asked for."""
    figures = [one.strip(".,;:()") for one in draft.text.split() if any(map(str.isdecimal, one))]
    if len(figures) == 1 and figures[0].replace(".", "").replace(",", "").isdecimal():
        return Written(question="", kind="number", answer=figures[0])
    return Written(question="", kind="wh")
