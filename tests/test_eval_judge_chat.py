"""A chat model's opinion of answers, from a scripted model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from eval import run as run_module
from eval.judge_chat import PROMPT, judge_answers, judged_lines, read_opinion
from eval.reports.figures import figures_of, make_report
from eval.reports.markdown import to_markdown
from eval.reports.page import to_page
from eval.runner import run_cases
from index.errors import ChatError, SettingsError
from qa.llm import ChatModel, Part
from qa.settings import load_settings
from tests.test_eval_run import ARTICLES, INPUTS, STAMP, Toy

YES, NO = '{"supported": [true], "helpful": 2}', '{"supported": [false], "helpful": 1}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted(ChatModel):
    """Writes the lines of its script in turn, in pieces; an error is raised."""

    script: Sequence[str | ChatError]
    prompts: list[str] = field(default_factory=list)

    def stream(self, system: str, user: str, schema: Mapping[str, Any] | None = None) -> Iterator[Part]:
        self.prompts.append(user)
        said = self.script[len(self.prompts) - 1]
        if isinstance(said, ChatError):
            raise said
        yield from (said[at : at + 7] for at in range(0, len(said), 7))


def scripted(*script: str | ChatError) -> Scripted:
    return Scripted(name="toy:judge", model=None, structured=False, timeout=1.0, script=script)


def test_opinions_by_hand_beside_the_figures_and_not_among_them(tmp_path: Path) -> None:
    scored = run_cases(Toy(), INPUTS, tmp_path)  # five answers
    model = scripted(YES, f"Here:\n```json\n{NO}\n```", "Fine.", ChatError("toy:judge gave no answer"), YES)
    judged = judge_answers(model, lambda text, statement: "mayor" in text, scored, seed=7)
    assert (judged["model"], judged["prompt"], judged["answers"], judged["not judged"]) == ("toy:judge", PROMPT, 5, 2)
    assert "not the JSON that was asked for, of 1 statements: 'Fine.'" in judged["first problem"]
    assert judged["faithfulness"]["mean"] == pytest.approx(2 / 3)
    assert judged["helpfulness"]["mean"] == pytest.approx(5 / 6)
    counts = {"both": 1, "only the model": 1, "only the reader": 1, "neither": 0}
    assert judged["statements"] == {**counts, "agree": pytest.approx(1 / 3), "kappa": -0.5}
    assert "Statement 1: The mayor opened the bridge.\n  cites: The mayor opened the bridge." in model.prompts[0]
    report = make_report(scored, STAMP)
    told = {**report, "judged": judged}
    assert figures_of(told) == figures_of(report)
    assert f"Judged by the chat model toy:judge, prompt {PROMPT}; not part of the figures above." in to_markdown(told)
    assert "Opinion of a chat model" not in to_markdown(report)
    assert "Opinion of a chat model" in to_page(told, scored, ARTICLES)
    assert "faithfulness: 0.667" in "\n".join(judged_lines(judged))


def test_what_an_article_says_cannot_speak_to_the_judge(tmp_path: Path) -> None:
    scored = [one for one in run_cases(Toy(), INPUTS, tmp_path) if one.case.id == "made up"]
    model = scripted(NO)
    judge_answers(model, lambda text, statement: False, scored, seed=7)
    assert not set("<>[]{}`") & set(model.prompts[0])


def test_nothing_to_judge_has_no_figures() -> None:
    judged = judge_answers(scripted(), lambda text, statement: True, [], seed=7)
    assert judged["faithfulness"] == {"mean": None, "low": None, "high": None}
    assert judged_lines(judged) == [
        f"Judged by the chat model toy:judge, prompt {PROMPT}; not part of the figures above."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"supported": 5, "helpful": 1}',
        '{"supported": [true, true], "helpful": 1}',
        '{"supported": ["yes"], "helpful": 1}',
        '{"supported": [true], "helpful": 3}',
        '{"supported": [true], "helpful": true}',
        '{"supported": [true]}',
    ],
)
def test_an_opinion_in_another_form_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not the JSON that was asked for"):
        read_opinion(text, 1)


def test_without_a_chat_model_the_setting_is_named() -> None:
    with pytest.raises(SettingsError, match="--judge needs a chat model; set llm"):
        run_module._chat(load_settings(llm=None))
