"""The reader that comes with Dateline: offsets, order, long and empty input, damage, and that it can be trained."""

import json
import shutil
from functools import partial
from pathlib import Path
from random import Random

import pytest
import torch

from index.archive import Archive
from index.articles import make_article
from index.bundled import model_folder
from index.encoder import batches, load_tokenizer, load_weights
from index.errors import ModelError
from index.sentences import split_sentences
from qa import app
from qa.answers import Decision, Verdict
from qa.evidence import Passage
from qa.reader import cross_encoder
from qa.reader.cross_encoder import WEIGHTS, CrossEncoderReader
from qa.reader.layout import LONGEST, Parts, collate, make_rows
from qa.reader.protocol import Reading
from qa.reader.training import train as training
from qa.reader.training.examples import Example, draw_contrasts, kept_back, load
from qa.reader.training.train import Weights, mean_loss, start, steps, train
from qa.settings import Settings

TEXTS = {
    "en": "The mayor, Ada Lund, opened the bridge on Monday. Twelve boats passed under it.",
    "ar": "افتتحت رئيسة البلدية آدا لوند الجسر يوم الاثنين. ومر تحته اثنا عشر قاربا.",
    "ru": "Мэр Ада Лунд открыла мост в понедельник. Под ним прошли двенадцать лодок.",
    "hi": "महापौर आदा लुंद ने सोमवार को पुल खोला। उसके नीचे से बारह नावें गुज़रीं।",
    "th": "นายกเทศมนตรี อาดา ลุนด์ เปิดสะพานเมื่อวันจันทร์ เรือสิบสองลำแล่นผ่านใต้สะพาน",
    "zh": "市长阿达·伦德周一为大桥揭幕。十二艘船从桥下驶过。",
    "ja": "市長のアダ・ルンドは月曜日に橋を開通させた。12隻の船が下を通った。",
    "tr": "Belediye başkanı Ada Lund köprüyü pazartesi günü açtı. Altından on iki tekne geçti.",
    "ur": "میئر ادا لنڈ نے پیر کو پل کا افتتاح کیا۔ اس کے نیچے سے بارہ کشتیاں گزریں۔",
    "fa": "شهردار آدا لوند روز دوشنبه پل را افتتاح کرد. دوازده قایق از زیر آن گذشتند.",
}
PASSAGES = [
    Passage(article=article, sentence=sentence)
    for language, text in TEXTS.items()
    for article in [make_article(text, language=language, title="Ada Lund")]
    for sentence in split_sentences(article)
]

# A raise and a denial in ten languages, each with the chance of yes as it was read when this was written.
RECORDED = {
    "en": (("The central bank raised its main interest rate on Thursday.", 0.9),
           ("The ministry said it had no plans to ask the alliance for troops.", 0.09)),
    "ar": (("رفع البنك المركزي سعر الفائدة الرئيسي يوم الخميس.", 0.9),
           ("وقالت الوزارة إنها لا تعتزم طلب قوات من الحلف.", 0.1)),
    "ru": (("В четверг центральный банк повысил ключевую ставку.", 0.89),
           ("В министерстве заявили, что не планируют просить альянс о войсках.", 0.1)),
    "ur": (("مرکزی بینک نے جمعرات کو شرح سود بڑھا دی۔", 0.9),
           ("وزارت نے کہا کہ اس کا اتحاد سے فوج مانگنے کا کوئی ارادہ نہیں ہے۔", 0.1)),
    "tr": (("Merkez bankası perşembe günü faiz oranını yükseltti.", 0.91),
           ("Bakanlık, ittifaktan asker istemeyi planlamadığını söyledi.", 0.15)),
    "es": (("El banco central subió el jueves su tipo de interés principal.", 0.86),
           ("El ministerio dijo que no tiene previsto pedir tropas a la alianza.", 0.1)),
    "fa": (("بانک مرکزی روز پنجشنبه نرخ بهره را افزایش داد.", 0.91),
           ("وزارتخانه گفت که قصد ندارد از این ائتلاف نیرو بخواهد.", 0.12)),
    "fr": (("La banque centrale a relevé jeudi son taux directeur.", 0.3),
           ("Le ministère a déclaré qu'il ne comptait pas demander de troupes à l'alliance.", 0.1)),
    "zh": (("中央银行周四上调了主要利率。", 0.9), ("该部表示，没有向联盟请求派兵的计划。", 0.1)),
    "hi": (("केंद्रीय बैंक ने गुरुवार को अपनी मुख्य ब्याज दर बढ़ाई।", 0.9),
           ("मंत्रालय ने कहा कि गठबंधन से सैनिक माँगने की उसकी कोई योजना नहीं है।", 0.11)),
}  # fmt: skip
MISREAD = {"fr"}  # the raise, as a no
ASKED = ("Did the central bank raise interest rates?", "Has the ministry asked the alliance for troops?")


@pytest.fixture(scope="module")
def reader() -> CrossEncoderReader:
    return CrossEncoderReader(Settings().cache, verdicts="always")


def close(one: Reading, other: Reading) -> bool:
    same = (one.start, one.end, one.verdict) == (other.start, other.end, other.verdict)
    return same and one.answerable == pytest.approx(other.answerable, abs=0.03)  # bfloat16 in batches of another width


def test_spans_are_words_of_the_sentence_in_every_script(reader: CrossEncoderReader) -> None:
    for passage, one in zip(PASSAGES, reader.read("Who opened the bridge?", PASSAGES), strict=True):
        assert passage.sentence.start <= one.start < one.end <= passage.sentence.end
        words = passage.article.text[one.start : one.end]
        assert words == words.strip()
        assert 0 <= one.answerable <= 1
        assert (one.verdict, one.probabilities) == (None, {})


def test_an_unsure_span_is_its_whole_sentence(reader: CrossEncoderReader) -> None:
    told = CrossEncoderReader(Settings().cache, sure=0.999).read("Who opened the bridge?", PASSAGES)
    assert {(one.start, one.end) for one in told} <= {(one.sentence.start, one.sentence.end) for one in PASSAGES}
    bold = CrossEncoderReader(Settings().cache, sure=0).read("Who opened the bridge?", PASSAGES)
    found = zip(PASSAGES, reader.read("Who opened the bridge?", PASSAGES), bold, strict=True)
    surer = [(one, other) for passage, one, other in found if one.end - one.start < len(passage.text)]
    assert surer
    assert all((one.start, one.end) == (other.start, other.end) for one, other in surer)


def test_the_sentence_that_names_her_is_preferred_to_the_boats(reader: CrossEncoderReader) -> None:
    found = reader.read("Who opened the bridge?", PASSAGES)
    pairs = list(zip(PASSAGES, found, strict=True))
    by_language = [[one for place, one in pairs if place.article.language == code] for code in TEXTS]
    assert sum(both[0].answerable > both[1].answerable for both in by_language if len(both) == 2) >= 8


def test_chances_of_a_yes_no_question_add_up(reader: CrossEncoderReader) -> None:
    for one in reader.read("Did Ada Lund open the bridge?", PASSAGES):
        assert sum(one.probabilities.values()) == pytest.approx(1)
        assert one.verdict is not None
        assert one.probabilities["not_stated"] == pytest.approx(1 - one.answerable)


def test_twenty_sentences_in_ten_languages_are_read_as_recorded(reader: CrossEncoderReader) -> None:
    texts = [(code, text) for code, both in RECORDED.items() for text, _ in both]
    articles = [make_article(text, language=code) for code, text in texts]
    passages = [Passage(article=one, sentence=split_sentences(one)[0]) for one in articles]
    raised, denied = (reader.read(question, passages) for question in ASKED)
    for at, (code, (rise, denial)) in enumerate(RECORDED.items()):
        right, wrong = raised[2 * at], raised[2 * at + 1]
        assert right.answerable > 10 * wrong.answerable, code
        assert right.verdict is (Verdict.NO if code in MISREAD else Verdict.YES), code
        assert right.probabilities["yes"] / right.answerable == pytest.approx(rise[1], abs=0.06), code
        wrong, right = denied[2 * at], denied[2 * at + 1]
        assert right.answerable > 10 * wrong.answerable, code
        assert right.verdict is Verdict.NO, code
        assert right.probabilities["yes"] / right.answerable == pytest.approx(denial[1], abs=0.06), code


def test_the_order_of_passages_changes_no_reading(reader: CrossEncoderReader) -> None:
    mixed = Random(3).sample(range(len(PASSAGES)), len(PASSAGES))
    straight = reader.read("Did twelve boats pass?", PASSAGES)
    shuffled = reader.read("Did twelve boats pass?", [PASSAGES[at] for at in mixed])
    assert all(close(straight[at], one) for at, one in zip(mixed, shuffled, strict=True))


def test_nothing_and_far_too_much_can_be_read(reader: CrossEncoderReader) -> None:
    assert reader.read("Who?", []) == []
    long = make_article("word " * 5000 + "end.", language="en", title="title " * 300)
    passages = [Passage(article=long, sentence=one) for one in split_sentences(long)]
    for question in ("Who?", "who " * 10_000, "؟"):
        for passage, one in zip(passages, reader.read(question, passages), strict=True):
            assert passage.sentence.start <= one.start < one.end <= passage.sentence.end


def test_a_row_keeps_the_sentence_and_what_is_nearest(reader: CrossEncoderReader) -> None:
    tokenizer = load_tokenizer(model_folder(Settings().cache))
    parts = Parts(sentence="It was closed.", title="t " * 99, before="far " * 50 + "near", after="next " + "far " * 50)
    rows = make_rows(tokenizer, [("q " * 200, parts), ("Who?", Parts(sentence="She."))])
    assert [len(one.ids) <= LONGEST for one in rows] == [True, True]
    ids, mask, types = collate(rows)
    inside = [str(tokenizer.id_to_token(one)) for one in ids[0][types[0] == 1].tolist()]
    before = [str(tokenizer.id_to_token(one)) for one in rows[0].ids[: rows[0].first]]
    assert "".join(inside) == "▁It▁was▁closed."
    assert "".join(before).endswith("▁far▁near")
    assert mask.sum(1).tolist() == [len(one.ids) for one in rows]
    assert sorted(batches([len(one.ids) for one in rows], 1)) == [[0], [1]]


def test_yes_and_no_are_said_only_where_they_may_be(tmp_path: Path) -> None:
    weights = Path(shutil.copy(WEIGHTS, tmp_path / "w.safetensors"))
    card = json.loads(WEIGHTS.with_suffix(".json").read_text()) | {"verdicts": ["en"], "sure": [0.5, 0.5]}
    weights.with_suffix(".json").write_text(json.dumps(card))
    question = "Did Ada Lund open the bridge?"
    measured = CrossEncoderReader(Settings().cache, weights).read(question, PASSAGES[:4])
    assert [one.verdict is None for one in measured] == [False, False, True, True]
    weights.with_suffix(".json").write_text(json.dumps(card | {"sure": [0, 1]}))
    unsure = CrossEncoderReader(Settings().cache, weights).read(question, PASSAGES[:4])
    assert [one.verdict for one in unsure] == [None] * 4
    never = CrossEncoderReader(Settings().cache, weights, verdicts="never").read(question, PASSAGES[:4])
    assert [one.verdict for one in never] == [None] * 4


def test_a_damaged_file_is_named_and_answers_go_on_by_similarity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample_db: Path
) -> None:
    weights = tmp_path / "cross-encoder.safetensors"
    weights.write_bytes(WEIGHTS.read_bytes()[:-1])
    with pytest.raises(ModelError, match=r"the reader's weights cannot be read: .*install Dateline again"):
        CrossEncoderReader(tmp_path, weights)
    shutil.copy(WEIGHTS.with_suffix(".json"), tmp_path)
    with pytest.raises(ModelError, match=r"is damaged \(its SHA-256 begins with \w{8}\); install Dateline again"):
        CrossEncoderReader(tmp_path, weights)
    damaged = partial(CrossEncoderReader, weights=weights)
    monkeypatch.setattr(app, "CrossEncoderReader", damaged)
    answerer = app.build_answerer(db=sample_db)
    answer = answerer.ask("Who is Armenia's ambassador in Moscow?")
    answerer.close()
    assert answer.decision is Decision.ANSWERED
    assert answer.engine == "extractive/similarity-1"
    assert "similarity alone, with no yes or no" in answer.warnings[0]


def test_a_lower_risk_asks_for_more_support(reader: CrossEncoderReader) -> None:
    found = [reader.threshold(risk) for risk in (0.01, 0.1, 0.3, 0.5)]
    assert found == sorted(found, reverse=True)
    assert all(0 < one <= 1 for one in found)


def _train(examples: list[Example], rounds: int) -> tuple[Weights, list[float]]:
    """The weights, and the loss on the same examples before and after."""
    cache, rng = Settings().cache, Random(1)
    shared, own = start(cache, seed=1)
    tokenizer = load_tokenizer(model_folder(cache))
    batches = list(steps(examples, tokenizer, 200, rng))
    losses = [mean_loss(own, shared, batches)]
    mean = train(own, shared, lambda: batches, rounds, 5e-4, lambda one: losses.append(mean_loss(one, shared, batches)))
    assert 0 < (mean["head.weight"] - own["head.weight"]).abs().max() < 1
    return {name: one.detach() for name, one in own.items()}, losses


def test_training_runs_lowers_the_loss_and_repeats_itself() -> None:
    examples = list(draw_contrasts(load("contrasts.jsonl"), held_out=True))[:12]
    assert {one.yes for one in examples} == {True, False, None}
    (once, losses), (again, _) = _train(examples, 5), _train(examples, 5)  # 20 steps
    assert losses[-1] < losses[0]
    assert all(torch.equal(once[name], again[name]) for name in once)
    _, before = start(Settings().cache, seed=1)
    assert all(
        not torch.equal(once[name], before[name]) for name in ("head.weight", "encoder.layer.0.output.dense.weight")
    )


def test_training_goes_as_far_from_the_weights_begun_with_as_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = list(draw_contrasts(load("contrasts.jsonl"), held_out=True))[:12]
    monkeypatch.setattr(training, "draw", lambda *_: list(examples))
    monkeypatch.setattr(training, "held_out", lambda _: list(examples))
    monkeypatch.setattr(training, "_MEAN", 1.0)  # else so few steps hardly move it
    monkeypatch.setattr(training, "_WARM_UP", 1)
    kept = dict[str, Weights]()
    for share in ("0.5", "1"):
        out = tmp_path / f"{share}.safetensors"
        given = ["--data", str(tmp_path), "--out", str(out), "--start", str(WEIGHTS), "--tokens", "400"]
        training.main([*given, "--rounds", "3", "--rate", "5e-4", "--keep", share, "--device", "cpu"])
        kept[share] = load_weights(out)
    begun, far = load_weights(WEIGHTS), "encoder.layer.0.output.dense.weight"
    moved, half = ((kept[share][far] - begun[far]).float() for share in ("1", "0.5"))
    assert moved.abs().mean() > 1e-4
    assert float((half * moved).sum() / (moved * moved).sum()) == pytest.approx(0.5, abs=0.05)


def test_the_questions_are_balanced_and_their_articles_apart() -> None:
    rows = load("questions.jsonl")
    assert len(rows) >= 3000
    dev = {one["article"] for one in rows if one["part"] == "dev"}
    assert len(dev) >= 15
    assert not dev & {one["article"] for one in rows if one["part"] == "train"}
    verdicts = [one["verdict"] for one in rows]
    assert verdicts.count("yes") == pytest.approx(verdicts.count("no"), rel=0.1)
    assert sum(bool(one["near"]) for one in rows) * 3 >= len(rows)
    assert sum(bool(one["translations"]) or one["language"] != "en" for one in rows) * 5 >= len(rows)
    assert cross_encoder.WEIGHTS.stat().st_size < 60e6


def test_contrasts_have_a_verdict_for_each_question_and_passage() -> None:
    rows = load("contrasts.jsonl")
    assert len({one["id"] for one in rows}) == len(rows) > 7000
    letters = ""
    for row in rows:
        for one in row["passages"]:
            start, end = one["evidence"]
            assert 0 <= start < end <= len(one["text"]), row["id"]
            assert len(one["verdicts"]) == len(row["questions"]), row["id"]
            letters += one["verdicts"]
            assert ("a" in one["verdicts"]) == bool(one.get("answer")), row["id"]
            first, last = one.get("answer") or (start, end)
            assert start <= first < last <= end, row["id"]
    assert set(letters) == set("yn?a-")
    assert letters.count("y") == pytest.approx(letters.count("n"), rel=0.05)
    assert letters.count("?") * 4 > len(letters)


def test_a_question_that_wants_words_points_at_them() -> None:
    rows = [one for one in load("contrasts.jsonl") if "a" in one["passages"][0]["verdicts"]]
    row = next(one for one in rows if any("-" in passage["verdicts"] for passage in one["passages"]))
    here, told = row["passages"][0], list(draw_contrasts([row], held_out=kept_back(row["questions"][0][1])))
    found = told[here["verdicts"].index("a")]
    assert (found.answers, found.yes, found.polar) == (True, None, False)
    assert found.span is not None
    assert found.parts.sentence[slice(*found.span)] == here["text"][slice(*here["answer"])]
    unanswered = [one for one in told if one.polar is False and not one.answers]
    assert {one.span for one in unanswered} == {None}


def test_an_archive_is_read_as_its_passages(reader: CrossEncoderReader, sample_db: Path) -> None:
    archive = Archive(sample_db)
    article = next(iter(archive.get(archive.ids()[:1]).values()))
    passage = Passage(article=article, sentence=split_sentences(article)[1])
    parts = cross_encoder._cut(passage)
    assert parts.sentence == passage.text
    assert article.text[: passage.sentence.start].strip().endswith(parts.before)
    archive.close()
