"""Names made comparable: scripts, case and marks away, and the legal form apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.screening.legal_forms import SEQUENCES, compatible
from licet.screening.names import fold, read_name
from licet.screening.sound import skeleton, skeletons_of_abjad


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("NSO Group", "nso group"),
        ("  NSO\tGroup\n", "nso group"),
        ("Nestlé S.A.", "nestle sa"),
        ("N.S.O. Group", "nso group"),
        ("株式会社アクメ", "zhu shi hui she akume"),
        ("Škoda-Électronique", "skoda electronique"),
        ("Müller & Söhne", "muller sohne"),
        ("O'Brien’s", "obriens"),
        ("Straße", "strasse"),
        ("ＮＳＯ　Ｇｒｏｕｐ", "nso group"),
        ("Nokia™ 3", "nokiatm 3"),
        ("Позитив Текнолоджиз", "pozitiv teknolodzhiz"),
        ("ООО «Синезис»", "ooo sinezis"),
        ("Ιντελλέξα", "intellexa"),
        ("海康威视", "hai kang wei shi"),
        ("조선광선은행", "jo seon gwang seon eun haeng"),
        ("حماس", "hms"),
        ("", ""),
        ("—", ""),
    ],
)
def test_a_name_is_folded_to_plain_lower_case_words(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40))
def test_a_folded_name_is_lower_case_ascii_words_with_single_spaces(text: str) -> None:
    words = fold(text).split(" ")
    assert words == [""] or all(w.isascii() and w.isalnum() and w == w.lower() for w in words)


@pytest.mark.parametrize(
    ("text", "core", "forms"),
    [
        ("Intellexa S.A.", ("intellexa",), {"sa"}),
        ("INTELLEXA ANONYMI ETAIREIA", ("intellexa",), {"sa"}),
        ("Intellexa Ανώνυμη Εταιρεία", ("intellexa",), {"sa"}),
        ("Intellexa Limited", ("intellexa",), {"ltd"}),
        ("Cytrox AD", ("cytrox",), {"sa"}),
        ("Cytrox Holdings Zrt", ("cytrox", "holdings"), {"sa"}),
        ("Cytrox Holdings Zártkörűen Működő Részvénytársaság", ("cytrox", "holdings"), {"sa"}),
        ("Acme Pte. Ltd.", ("acme",), {"ltd"}),
        ("Acme Pvt Ltd", ("acme",), {"ltd"}),
        ("Acme Co., Ltd.", ("acme",), {"ltd"}),
        ("Acme Sdn. Bhd.", ("acme",), {"ltd"}),
        ("Acme GmbH & Co. KG", ("acme",), {"llc"}),
        ("Acme Sp. z o.o.", ("acme",), {"llc"}),
        ("Acme S.r.l.", ("acme",), {"llc"}),
        ("Acme S.p.A.", ("acme",), {"sa"}),
        ("Acme B.V.", ("acme",), {"llc"}),
        ("Acme S.à r.l.", ("acme",), {"llc"}),
        ("Acme S.A.L.", ("acme",), {"llc"}),
        ("Acme SRL", ("acme",), {"llc"}),
        ("Acme FZ-LLC", ("acme",), {"llc"}),
        ("Limited Liability Company Citadel", ("citadel",), {"llc"}),
        ("ООО Синезис", ("sinezis",), {"llc"}),
        ("SINEZIS OOO", ("sinezis",), {"llc"}),
        ("АО Кронштадт", ("kronshtadt",), {"sa"}),
        ("Aktsionernoe Obshchestvo Kronshtadt", ("kronshtadt",), {"sa"}),
        ("Public Joint Stock Company Gazprom", ("gazprom",), {"sa"}),
        ("Acme, Inc.", ("acme",), {"inc"}),
        ("Acme Corporation", ("acme",), {"inc"}),
        ("アクメ株式会社", ("akume",), {"sa"}),
        ("Acme", ("acme",), set()),
    ],
)
def test_the_legal_form_is_taken_apart(text: str, core: tuple[str, ...], forms: set[str]) -> None:
    name = read_name(text)
    assert (name.core, name.forms) == (core, frozenset(forms))


@pytest.mark.parametrize("text", ["Limited", "AS", "S.A.", "GmbH", "ООО", "Company Limited"])
def test_a_name_that_is_nothing_but_a_form_keeps_words(text: str) -> None:
    assert read_name(text).core


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("NSO Group", ("nso", "group")),
        ("Cytrox Holdings", ("cytrox", "holdings")),
        ("Limited Edition Prints", ("limited", "edition", "prints")),
        ("Corporation Street Garage", ("corporation", "street", "garage")),
        ("Sasol", ("sasol",)),
        ("Agfa", ("agfa",)),
    ],
)
def test_a_word_that_tells_companies_apart_stays(text: str, core: tuple[str, ...]) -> None:
    assert read_name(text).core == core


@pytest.mark.parametrize("text", ["Ad Van Dijk", "As Safir", "Li Co", "Jan Se"])
def test_a_person_keeps_every_word(text: str) -> None:
    name = read_name(text, person=True)
    assert (name.core, name.forms) == (tuple(text.lower().split()), frozenset())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Intellexa S.A.", "INTELLEXA ANONYMI ETAIREIA"),
        ("Intellexa S.A.", "Intellexa Ltd"),
        ("DILIAN, Tal Jonathan", "Tal Jonathan Dilian"),
        ("Позитив Текнолоджиз АО", "POZITIV TEKNOLODZHIZ, AO"),
        ("OOO Citadel", "CITADEL LLC"),
        ("Nestlé", "NESTLE S.A."),
        (
            "Hangzhou Hikvision Digital Technology Co., Ltd.",
            "Hangzhou Hikvision Digital Technology",
        ),
    ],
)
def test_names_equal_but_for_form_order_case_and_script_have_one_key(left: str, right: str) -> None:
    assert read_name(left).key == read_name(right).key


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("NSO Group", "NSO"),
        ("NSO Group", "NTT Group"),
        ("Positive Technologies", "Positive Technology"),
        ("Cytrox Holdings", "Cytrox AD"),
        ("Dahua Technology", "Dahua Electronics Corporation"),
    ],
)
def test_names_that_differ_by_a_word_have_two_keys(left: str, right: str) -> None:
    assert read_name(left).key != read_name(right).key


@given(st.permutations(["hangzhou", "hikvision", "digital", "technology"]))
def test_the_order_of_the_words_changes_no_key(words: list[str]) -> None:
    assert read_name(" ".join(words)).key == "digital hangzhou hikvision technology"


@pytest.mark.parametrize(
    ("text", "latin", "abjad", "syllabic"),
    [
        ("NSO Group", True, False, False),
        ("Nestlé S.A.", True, False, False),
        ("Позитив", False, False, False),
        ("حماس", False, True, False),
        ("אינטלקסה", False, True, False),
        ("海康威视", False, False, True),
        ("アクメ", False, False, True),
        ("조선", False, False, True),
    ],
)
def test_a_name_knows_its_script(text: str, latin: bool, abjad: bool, syllabic: bool) -> None:
    name = read_name(text)
    assert (name.latin, name.abjad, name.syllabic) == (latin, abjad, syllabic)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ({"sa"}, {"sa"}, True),
        ({"sa"}, {"ltd"}, False),
        ({"sa"}, set(), True),
        ({"co"}, {"ltd"}, True),
        ({"sa", "ltd"}, {"ltd"}, True),
        (set(), set(), True),
    ],
)
def test_two_forms_contradict_only_where_both_are_stated(
    one: set[str], other: set[str], agree: bool
) -> None:
    assert compatible(frozenset(one), frozenset(other)) is agree
    assert compatible(frozenset(other), frozenset(one)) is agree


@pytest.mark.parametrize("words", SEQUENCES, ids=" ".join)
def test_every_form_is_written_folded_and_taken_from_the_end(words: tuple[str, ...]) -> None:
    written = " ".join(words)
    assert fold(written) == written
    assert read_name(f"Zyxw {written}").core == ("zyxw",)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("technologies", "teknolodzhiz"),
        ("muhammad", "mohamed"),
        ("hussein", "husayn"),
        ("tsitadel", "citadel"),
        ("phone", "fon"),
        ("khaled", "halid"),
        ("alexei", "aleksey"),
    ],
)
def test_two_spellings_of_one_sound_have_one_skeleton(left: str, right: str) -> None:
    assert skeleton(left) == skeleton(right)


@pytest.mark.parametrize(
    ("left", "right"), [("hikvision", "dahua"), ("nso", "nto"), ("candiru", "cytrox")]
)
def test_two_sounds_have_two_skeletons(left: str, right: str) -> None:
    assert skeleton(left) != skeleton(right)


@pytest.mark.parametrize(("word", "skeletons"), [("mhmwd", ("mvd", "md")), ("hms", ("hms",))])
def test_a_waw_may_be_a_vowel(word: str, skeletons: tuple[str, ...]) -> None:
    assert skeletons_of_abjad(word) == skeletons
