import pytest

from qa.facts import read_facts, unnamed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("832 soldiers", "en"), ("٨٣٢ جنديا", "ar")),
        (("1.2 million people", "en"), ("1 200 000 человек и 1,2 млн", "ru")),
        (("four hundred families", "en"), ("چار سو خاندان", "ur")),
        (("on 28 September", "en"), ("يوم ٢٨ سبتمبر", "ar")),
        (("on 28 September", "en"), ("28 eylülde", "tr")),
        (("1,2 Millionen", "de"), ("120万", "zh")),
        (("on Wednesday", "en"), ("в среду", "ru")),
        (("on Tuesday", "en"), ("تا سه‌شنبه", "fa")),
        (("sixty years", "en"), ("开业六十年的茶馆", "zh")),
        (("eleven villages", "en"), ("on bir köy", "tr")),
        (("on bir köy", "tr"), ("once pueblos", "es")),
        (("quatre-vingt-deux ans", "fr"), ("82 years", "en")),
        (("tres coma cinco por ciento", "es"), ("3.5 percent", "en")),
    ],
)
def test_the_same_facts_in_two_languages(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert read_facts(*one).lacks(read_facts(*other)) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("84 died", "a number"),
        ("eighty-four died", "a number"),
        ("three died", "a number"),
        ("in October", "a month"),
        ("on Tuesday", "a weekday"),
    ],
)
def test_what_differs_is_named_by_its_kind(text: str, kind: str) -> None:
    source = read_facts("58 people died in September, on a Monday.", "en")
    assert read_facts(text, "en").lacks(source) == [kind]


def test_names_are_known_in_other_spellings() -> None:
    source = read_facts("قال السفير وردان توغانيان في موسكو", "ar")
    assert unnamed(["Toganyan", "Moscow", "Pashinyan"], source) == ["Pashinyan"]
    russian = read_facts("Посол Вардан Тоганян сказал в Москве, что Германия согласна", "ru")
    assert unnamed(["Toganyan", "Germany", "Vardan", "Lavrov"], russian) == ["Lavrov"]
