"""Names of news agencies as datelines write them, and the words that tell that a name is one."""

import re

_NAMES = """
AA|AAP|ABC|ACI|ADN|ADNKRONOS|AFP|AGI|AGERPRES|AIM|AKIpress|ANA|ANADOLU|ANI|ANP|ANSA|ANTARA|AP|APA|APP|APS|AQTI|
ARMENPRESS|ATA|Azertac|AZERTAC|BELGA|Belga|BELTA|BERNAMA|Bernama|BNS|BTA|CNA|CTK|ČTK|DHA|dpa|DPA|EFE|Europa Press|
Fars|FENA|FIDES|Hina|HINA|IANS|IHA|İHA|Interfax|INTERFAX|IPS|IRNA|ISNA|ITAR-TASS|Jiji|JTA|KCNA|Kazinform|KUNA|Kyodo|
LETA|LUSA|Lusa|MAP|Mehr|MENA|MTI|NAN|NNA|NOTIMEX|NTB|PA|PA Media|PANA|PAP|Petra|Prensa Latina|PTI|QNA|Reuters|REUTERS|
RIA|RIA Novosti|RITZAU|Ritzau|SANA|SPA|Sputnik|STT|TAP|TASS|Tanjug|TANJUG|Tasnim|Telam|TT|UKRINFORM|Ukrinform|UNI|UPI|
WAM|Xinhua|XINHUA|Yonhap|ТАСС|ИТАР-ТАСС|Интерфакс|ИНТЕРФАКС|Рейтер|Спутник|Sputnik|УНИАН|УНІАН|Укрінформ|УКРІНФОРМ|БелТА|БЕЛТА|
Арменпресс|Казинформ|Тренд|Росбалт|أ ف ب|ا ف ب|أ.ف.ب|أ ب|أ.ب|فرانس برس|رويترز|روترز|الأناضول|سبوتنيك|سبوتنیک|شينخوا|
د ب أ|د.ب.أ|أ ش أ|أ.ش.أ|واس|وام|كونا|قنا|بترا|وفا|سانا|واع|وات|واج|وكالات|تاس|نوفوستي|ایرنا|ایسنا|فارس|تسنیم|مهر|
ایلنا|رویترز|خبرآنلاین|فرانس‌پرس|آسوشیتدپرس|اے پی پی|اے ایف پی|این این آئی|آن لائن|आईएएनएस|भाषा|वार्ता|एएनआई|पीटीआई|
新华社|新華社|中新社|中央社|法新社|路透社|美联社|共同社|時事|共同|ロイター|連合ニュース|연합뉴스|뉴시스|뉴스1
""".replace("\n", "")
_KNOWN = frozenset(_NAMES.split("|"))
_UNSPACED = "|".join(one for one in sorted(_KNOWN) if re.match(r"[\u3040-\u9fff]", one))
AGENCY_BEFORE = re.compile(_UNSPACED)
"""A Chinese or Japanese agency, which stands before the text without a mark between them."""
_AGENCY_AFTER = re.compile(f"(?:{_UNSPACED})$")
_WORDS = re.compile(
    r"\b(?:agency|news|newswire|wire|press|presse|agence|agencia|agência|agenzia|agentur|\w*dienst|haber|ajansı|"
    r"агентство|агенція|ria|novosti|риа|новости|пресс|інформ|وكالة|وکالة|خبرگزاری|نیوز|نيوز|خبر رساں|ٹائمز|समाचार|"
    r"वार्ता|times|post|gazette|courier|herald|tribune|gazetesi|газета)\b",
    re.IGNORECASE,
)


def is_agency(name: str) -> bool:
    """Whether it names who reports: a known agency, or a name with a word like agency, press or وكالة in it.

    >>> is_agency("AFP"), is_agency("وكالة الساحل"), is_agency("Paris")
    (True, True, False)
    """
    name = name.strip(' .«»"“”')
    return is_known(name) or (len(name.split()) <= 5 and len(name) <= 45 and bool(_WORDS.search(name)))


def is_known(name: str) -> bool:
    """Whether it is the name of a news agency that is known here."""
    return name.strip(" .") in _KNOWN


def split_agency(piece: str) -> tuple[str, str]:
    """The agency and the rest of a piece, where the two stand together as in Chinese and Japanese.

    >>> split_agency("新华社北京"), split_agency("東京共同"), split_agency("AFP"), split_agency("Paris")
    (('新华社', '北京'), ('共同', '東京'), ('AFP', ''), ('', 'Paris'))
    """
    if is_agency(piece):
        return piece, ""
    found = AGENCY_BEFORE.match(piece) or _AGENCY_AFTER.search(piece)
    return (found[0], (piece[: found.start()] + piece[found.end() :]).strip()) if found else ("", piece)
