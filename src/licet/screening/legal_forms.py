"""The words of legal form that company names carry, and what each of them means.

Forms are written folded (see :mod:`licet.screening.names`) and gathered under one code where they
name the same form in several languages or scripts, so that "S.A." and "Anonymi Etaireia" agree.
"Group" and "Holding" are not legal forms: they tell companies apart, and stay in the name.
"""

from __future__ import annotations

_FORMS: dict[str, tuple[str, ...]] = {
    "ltd": (
        "ltd",
        "limited",
        "co ltd",
        "co limited",
        "company ltd",
        "company limited",
        "pvt ltd",
        "private limited",
        "private ltd",
        "pte ltd",
        "pte limited",
        "pte",
        "pty ltd",
        "pty limited",
        "pty",
        "pvt",
        "corp ltd",
        "corporation limited",
        "corporation ltd",
        "sdn bhd",
        "sendirian berhad",
        "bhd",
        "berhad",
        "you xian gong si",
        "you xian ze ren gong si",
        "you xian hui she",
        "yu han hoe sa",
        "hvrh v m",
        "bm",
        "b m",
    ),
    "llc": (
        "llc",
        "l l c",
        "limited liability company",
        "limited liability co",
        "ooo",
        "tov",
        "wll",
        "obshchestvo s ogranichennoi otvetstvennostyu",
        "obshchestvo s ogranichennoy otvetstvennostyu",
        "obshchestvo s ogranichennoi otvetstvennostiu",
        "tovaristvo z obmezhenoyu vidpovidalnistyu",
        "tovarystvo z obmezhenoyu vidpovidalnistyu",
        "gmbh",
        "ges m b h",
        "gmbh co kg",
        "gesellschaft mit beschrankter haftung",
        "ug",
        "sarl",
        "srl",
        "s r o",
        "sro",
        "sia",
        "uab",
        "sp z o o",
        "spzoo",
        "spolka z ograniczona odpowiedzialnoscia",
        "doo",
        "d o o",
        "ood",
        "eood",
        "kft",
        "korlatolt felelossegu tarsasag",
        "bv",
        "besloten vennootschap",
        "nv sa",
        "oy",
        "lda",
        "ltda",
        "limitada",
        "epe",
        "ike",
        "ltd sti",
        "limited sirketi",
        "dh m m",
        "dmcc",
        "fze",
        "fzco",
        "fzc",
        "fz llc",
        "fz",
        "mmc",
        "mchj",
        "too",
        "he tong hui she",
        "shrkh dhat msvwlyh mhdwdh",
        "lmhdwdh",
    ),
    "sa": (
        "sa",
        "s a",
        "ae",
        "a e",
        "anonymi etaireia",
        "anonymi etairia",
        "anonimi eteria",
        "anonymos etaireia",
        "societe anonyme",
        "sociedad anonima",
        "sociedade anonima",
        "sab",
        "sa de cv",
        "s a de c v",
        "spa",
        "societa per azioni",
        "sas",
        "ag",
        "aktiengesellschaft",
        "ad",
        "akcionersko drustvo",
        "aktsionerno druzhestvo",
        "ead",
        "zrt",
        "zartkoruen mukodo reszvenytarsasag",
        "nyrt",
        "nyilvanosan mukodo reszvenytarsasag",
        "rt",
        "as",
        "a s",
        "anonim sirketi",
        "asa",
        "a o",
        "akciova spolecnost",
        "spolka akcyjna",
        "ab",
        "aktiebolag",
        "oyj",
        "nv",
        "naamloze vennootschap",
        "dd",
        "d d",
        "se",
        "kk",
        "kabushiki kaisha",
        "zhu shi hui she",
        "ju sig hoe sa",
        "gu fen you xian gong si",
        "jsc",
        "joint stock company",
        "joint stock co",
        "open joint stock company",
        "ojsc",
        "pjsc",
        "public joint stock company",
        "closed joint stock company",
        "cjsc",
        "ao",
        "oao",
        "pao",
        "zao",
        "aktsionernoe obshchestvo",
        "aktsionernoye obshchestvo",
        "publichnoe aktsionernoe obshchestvo",
        "publichnoye aktsionernoye obshchestvo",
        "otkrytoe aktsionernoe obshchestvo",
        "zakrytoe aktsionernoe obshchestvo",
        "psc",
        "pjs",
        "plc",
        "public limited company",
        "saog",
        "saoc",
        "ksc",
        "tbk",
        "pt tbk",
    ),
    "inc": ("inc", "incorporated", "corp", "corporation"),
    "co": (
        "co",
        "company",
        "and co",
        "cie",
        "gong si",
        "hoe sa",
        "shrkh",
        "hvrh",
        "kompaniya",
        "sirketi",
        "pt",
        "firma",
    ),
    "partnership": ("llp", "l l p", "lp", "l p", "kg", "ohg", "gbr", "scs", "sca", "snc", "cv"),
    "state_enterprise": (
        "fgup",
        "gup",
        "fgupnpp",
        "federalnoe gosudarstvennoe unitarnoe predpriyatie",
    ),
}
"""Code of a form -> the ways it is written. Codes group what is compared, not what the law says."""

SEQUENCES: dict[tuple[str, ...], str] = {
    tuple(words.split()): code for code, written in _FORMS.items() for words in written
}
"""Words of a form -> its code."""

LONGEST = max(map(len, SEQUENCES))

ANYWHERE = frozenset(
    words
    for words in SEQUENCES
    if words not in {("limited",), ("company",), ("corporation",), ("berhad",), ("limitada",)}
    and (len("".join(words)) >= 5 or words in {("llc",), ("gmbh",), ("ltd",), ("ojsc",), ("pjsc",)})
)
"""Forms so plain that they are read as such in the middle of a name too."""

AT_START = frozenset(
    words
    for words in SEQUENCES
    if words
    in {
        ("ooo",),
        ("ao",),
        ("oao",),
        ("pao",),
        ("zao",),
        ("jsc",),
        ("llc",),
        ("tov",),
        ("pt",),
        ("too",),
        ("fgup",),
        ("shrkh",),
        ("hvrh",),
        ("ad",),
        ("limited", "liability", "company"),
        ("joint", "stock", "company"),
        ("zhu", "shi", "hui", "she"),
        ("kompaniya",),
        ("cjsc",),
        ("ju", "sig", "hoe", "sa"),
        ("firma",),
    }
)
"""Forms that some languages write before the name."""


def compatible(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names' forms do not contradict each other. A form left out, or "Co.", never does.

    >>> compatible(frozenset({"sa"}), frozenset({"ltd"}))
    False
    >>> compatible(frozenset({"co"}), frozenset({"ltd"}))
    True
    """
    left, right = one - {"co"}, other - {"co"}
    return not left or not right or bool(left & right)
