import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.names import name_key
from index.terms import read_terms

LANGUAGES = ["ar", "de", "el", "en", "fa", "hi", "ja", "ru", "th", "tr", "uk", "ur", "vi", "zh", None]
TEXTS = st.text(max_size=60) | st.text("aßİıIñǅé٣२,.'’\" \u00a0\u200cьЁйأةىکیہअ़ก็้中かカ가", max_size=40)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("ar", "الأرمينية", "ارمينيه"),
        ("ar", "والحكومة", "حكومة"),
        ("ar", "بالقاهرة", "القاهره"),
        ("ar", "للأمم", "الأمم"),
        ("ar", "مُحَمَّد", "محمـــد"),
        ("ar", "مستشفى", "مستشفي"),
        ("fa", "یک", "يك"),
        ("fa", "کتاب\u200cها", "كتاب ها"),
        ("ur", "ہے", "هي"),
        ("tr", "İSTANBUL KAPISI", "istanbul kapısı"),
        ("tr", "IŞIK", "ışık"),
        ("ru", "Ёлка", "елка"),
        ("ru", "Арме́ния", "АРМЕНИЯ"),
        ("de", "STRASSE MÜLLER", "Straße Müller"),
        ("de", "Müller", "Muller"),
        ("es", "acción", "ACCION"),
        ("el", "Οδυσσεύς", "ΟΔΥΣΣΕΥΣ"),
        ("hi", "क़लम", "क\u093cलम"),
        ("pl", "Łódź", "lodz"),
        ("uk", "п'ять", "п’ять"),
        (None, "ﬁnance", "FINANCE"),
    ],
)
def test_spellings_of_a_word_are_one(language: str | None, one: str, other: str) -> None:
    assert read_terms(one, language).stems == read_terms(other, language).stems != ()


@pytest.mark.parametrize("text", ["майор", "Київ", "حرب", "हिंदी", "한국"])
def test_letters_that_are_no_decoration_stay(text: str) -> None:
    assert read_terms(text, None).stems == (text.casefold(),)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "soldiers", "soldier"),
        ("ru", "солдатами", "солдатов"),
        ("de", "Soldaten", "Soldat"),
        ("tr", "askerler", "asker"),
        ("ar", "المفاوضات", "مفاوضات"),
        ("es", "soldados", "soldado"),
        ("hi", "लड़के", "लड़का"),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, one: str, other: str) -> None:
    assert read_terms(one, language).stems == read_terms(other, language).stems


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,250", ["1250"]),
        ("1.250", ["1250"]),
        ("1 250", ["1250"]),
        ("1\u202f250", ["1250"]),
        ("١٬٢٥٠", ["1250"]),
        ("१२५०", ["1250"]),
        ("٨٣٢", ["832"]),
        ("1,234,567.89", ["1234567.89"]),
        ("3,5", ["3.5"]),
        ("٣٫٥", ["3.5"]),
        ("28.09.2020", ["28", "9", "2020"]),
        ("28/9/2020", ["28", "9", "2020"]),
        ("2020, 300", ["2020", "300"]),
        ("0", ["0"]),
    ],
)
def test_numbers(text: str, numbers: list[str]) -> None:
    assert list(read_terms(text, None).stems) == numbers


def test_scripts_without_spaces_give_pairs() -> None:
    assert read_terms("停火协议", "zh").stems == ("停火", "火协", "协议")
    assert read_terms("東京で", "ja").stems == ("東京", "京で")
    assert read_terms("AP通讯社", "zh").stems == ("ap", "通讯", "讯社")
    assert read_terms("火", "zh").stems == ("火",)
    assert read_terms("ｶﾒﾗ", "ja").stems == read_terms("カメラ", "ja").stems
    assert len(read_terms("กรุงเทพ", "th").stems) == 6


def test_vietnamese_keeps_its_tones() -> None:
    assert read_terms("HÀ Nội", "vi").stems == ("hà", "nội")
    assert read_terms("HÀ Nội", None).stems == ("ha", "noi")


@pytest.mark.parametrize(
    "names",
    [
        ["Toganyan", "Toganian", "توغانيان", "Тоганян", "Թողանյան", "तोगान्यान"],
        ["Pashinyan", "Paşinyan", "باشينيان", "Пашинян"],
        ["Erdoğan", "أردوغان", "Эрдоган"],
        ["Merkel", "ميركل", "Меркель"],
        ["Karabakh", "Карабах", "كاراباخ"],
    ],
)
def test_a_name_has_one_key_in_every_script(names: list[str]) -> None:
    assert len({read_terms(name, None).names for name in names}) == 1
    assert len(read_terms(names[0], None).names) == 1


def test_keys_are_for_what_may_be_a_name() -> None:
    assert read_terms("the armistice of Compiegne", "en").names == ("kmpkn",)
    assert name_key("li") is None


@given(TEXTS, st.sampled_from(LANGUAGES))
def test_terms_are_clean_and_do_not_depend_on_the_form_of_unicode(text: str, language: str | None) -> None:
    terms = read_terms(text, language)
    for term in (*terms.stems, *terms.names):
        assert term
        assert len(term) <= 200
        assert not any(character.isspace() or character in "\"'’*():^-+" for character in term)
    forms = [read_terms(unicodedata.normalize(form, text), language) for form in ("NFC", "NFD")]
    assert forms[0] == forms[1]


@given(st.text("abcçdeéfgğijklmnñoöpqrsştuüvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюяαβγδεζηθλμνξο ", max_size=30))
def test_case_does_not_matter(text: str) -> None:
    for language in ("en", "ru", "el", "es", None):
        assert read_terms(text.upper(), language).stems == read_terms(text.lower(), language).stems
    turkish = text.replace("i", "İ").upper()
    assert read_terms(turkish, "tr").stems == read_terms(text, "tr").stems
