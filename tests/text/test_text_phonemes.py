"""Phonemes: agreement with what the voice learned, unknown words, heteronyms, Mandarin readings."""

from __future__ import annotations

import io
import pickle
import re
import socket
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from score import verdicts

from ttsbook.symbols import is_known
from ttsbook.text import FrontEnd
from ttsbook.text.g2p.arpabet import from_arpabet
from ttsbook.text.g2p.derive import derive_word
from ttsbook.text.g2p.dictionary import find_word
from ttsbook.text.g2p.english import pronounce_word
from ttsbook.text.g2p.mandarin import pronounce_run
from ttsbook.text.g2p.network import predict_word
from ttsbook.text.g2p.new_words import _PlainData, join_characters
from ttsbook.text.g2p.open_syllables import read_open_syllables
from ttsbook.text.g2p.pinyin import from_pinyin
from ttsbook.text.g2p.plausible import is_plausible
from ttsbook.text.tables import read_rows

FOLDER = Path(__file__).parent
FRONT_END = FrontEnd()


def rows(name: str) -> list[tuple[str, ...]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def marked(name: str) -> list[object]:
    found: list[object] = []
    for row in rows(name):
        marks = [pytest.mark.xfail(strict=True, reason="known failure")] if row[-1] == "known failure" else []
        found.append(pytest.param(*row[:3], marks=marks, id=f"{row[0]}-{row[1][:28]}"))
    return found


@pytest.mark.parametrize(("language", "sentence", "phonemes"), marked("phonemes.tsv"))
def test_a_sentence_has_the_phonemes_that_the_voice_learned(
    language: str, sentence: str, phonemes: str
) -> None:
    assert FRONT_END.say(sentence, language)[1] == phonemes


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("帽子——那顶灰色的——在这里。", "帽子，那顶灰色的，在这里。"),
        ("还是……不，不可能。", "还是，不，不可能。"),
        ("什么？……他说，——走了。", "什么？他说，走了。"),
        ("他走……！好。", "他走！好。"),
    ],
)
def test_a_dash_or_an_ellipsis_between_chinese_words_is_a_pause(printed: str, plain: str) -> None:
    assert FRONT_END.say(printed, "zh")[1] == FRONT_END.say(plain, "zh")[1]


@pytest.mark.parametrize(
    ("printed", "spelt"), [("他是yyds。", "他是YYDS。"), ("背kpi。", "背K P I。"), ("WHO说。", "W H O说。")]
)
def test_letters_are_spelt_in_chinese(printed: str, spelt: str) -> None:
    assert FRONT_END.say(printed, "zh")[1] == FRONT_END.say(spelt, "zh")[1]


@pytest.mark.parametrize(("word", "sentence", "phonemes"), marked("heteronyms.tsv"))
def test_a_heteronym_is_read_by_its_sentence(word: str, sentence: str, phonemes: str) -> None:
    said = FRONT_END.say(sentence, "en")[1]
    assert phonemes in re.split(r"[ ,.!?;:]+", said), f"{word}: {said}"


@pytest.mark.parametrize(("_kind", "sentence", "pinyin"), marked("polyphones.tsv"))
def test_a_chinese_sentence_is_read_with_the_right_tones(_kind: str, sentence: str, pinyin: str) -> None:
    expected = "".join(from_pinyin(syllable) for syllable in pinyin.split())
    assert re.sub(r"[ ,.!?;:]", "", FRONT_END.say(sentence, "zh")[1]) == expected


@pytest.mark.parametrize(
    ("word", "symbols"),
    [
        ("Darcy's", "dˈɑɹsiz"),
        ("Collins’s", "kˈɑlɪnzɪz"),
        ("footmarks", "fˈʊtmˌɑɹks"),
        ("gaped", "ɡˈApt"),
        ("paler", "pˈAləɹ"),
        ("sloped", "slˈOpt"),
        ("deposing", "dɪpˈOzɪŋ"),
        ("tilled", "tˈɪld"),
        ("parcelled", "pˈɑɹsəld"),
        ("paleness", "pˈAlnəs"),
        ("victoress", "vˈɪktəɹəs"),
        ("coursed", "kˈɔɹst"),
        ("wreathed", "ɹˈiðd"),
        ("stampedes", "stæmpˈidz"),
        ("flamingoes", "fləmˈɪŋɡOz"),
        ("larches", "lˈɑɹʧɪz"),
        ("Barkis", "bˈɑɹkɪs"),
        ("believeth", "bɪlˈivɪθ"),
        ("fiancées", "fˌiɑnsˈAz"),
        ("lycée", "lˌIsˈA"),
        ("Longbottom", "lˈɔŋbˌɑtəm"),
        ("Hatherley", "hˈæðəɹli"),
        ("favourable", "fˈAvəɹəbəl"),
        ("friendless", "fɹˈɛndləs"),
        ("noiselessly", "nˈYzləsli"),
        ("unwatchfully", "ˌʌnwˈɑʧfəli"),
        ("café", "kəfˈA"),
        ("naïve", "nˌIˈiv"),
        ("I", "ˈI"),
        ("the", "ðə"),
        ("THE", "ðə"),
    ],
)
def test_an_unlisted_word_is_read_from_known_parts(word: str, symbols: str) -> None:
    assert pronounce_word(word) == symbols


@pytest.mark.parametrize(
    ("name", "symbols"),
    [
        ("Murasaki", "muɹɑsˈɑki"),
        ("Nakatomi", "nɑkɑtˈOmi"),
        ("Benvolio", "bɛnvˈOliO"),
        ("Rigoletta", None),  # two consonants, of which English has its own opinion
        ("Rosamene", None),
        ("Kita", None),
        ("Tamburlano", None),
    ],
)
def test_a_name_of_open_syllables_has_the_stress_before_its_last(name: str, symbols: str | None) -> None:
    assert read_open_syllables(name.lower()) == symbols
    assert symbols is None or pronounce_word(name) == symbols


@pytest.mark.parametrize(
    ("word", "symbols"),
    [
        ("unknown", "ˌʌnnˈOn"),
        ("unvexed", "ˌʌnvˈɛkst"),
        ("upset", "ˌʌpsˈɛt"),
        ("until", "əntˈɪl"),
        ("upon", "əpˈɑn"),
    ],
)
def test_un_and_up_have_a_full_vowel(word: str, symbols: str) -> None:
    assert pronounce_word(word) == symbols


@pytest.mark.parametrize(
    ("word", "symbols"), [("lestrade", "lˈɛstɹˌAd"), ("boscombe", "bOskˈɑmbi"), ("whist", "wˈɪst")]
)
def test_the_network_gives_what_the_package_gives(word: str, symbols: str) -> None:
    """The values are what g2p-en 2.1.0 itself predicts."""
    assert predict_word(word) == symbols


@pytest.mark.parametrize(
    ("word", "symbols"),
    [
        ("sepulchre", "sˈɛpəlkəɹ"),
        ("methinks", "miθˈɪŋks"),
        ("résumé", "ɹˈɛzəmˌA"),
        ("resume", "ɹɪzˈum"),
        ("Née", "nˈA"),
        ("Derbyshire's", "dˈɑɹbiʃəɹz"),
        ("tomfoolery", "tˌɑmfˈuləɹi"),
        ("leer", "lˈɪɹ"),
        ("promontory", "pɹˈɑməntˌɔɹi"),
        ("dragoon", "dɹəɡˈun"),
        ("putting", "pˈʊtɪŋ"),  # the CMU dictionary has it as in golf
        ("overcome", "ˌOvəɹkˈʌm"),
        ("inexplicable", "ˌɪnɛksplˈɪkəbəl"),
        ("Dostoevsky's", "dˌɔstəjˈɛfskiz"),
        ("touché", "tuʃˈA"),
        ("Chisinau's", "kˌɪʃɪnˈWz"),
        ("sertraline", "sˈɜɹtɹəlˌin"),
        ("MRSA", "mˈɜɹsə"),
    ],
)
def test_a_rarer_word_is_read_by_the_second_dictionary_or_our_table(word: str, symbols: str) -> None:
    assert pronounce_word(word) == symbols


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("À la carte, vis-à-vis.", "ə lˈɑ kˈɑɹt, vˈiz ə vˈiz."),
        ("Give ’em ’ell, o’ course.", "ɡˈɪv əm ˈɛl, ə kˈɔɹs."),
        ("’Ow are you goin’ ’ome?", "ˈW ɑɹ ju ɡˈOɪn ˈOm?"),
        ("I ’ave nothin' to say.", "ˈI æv nˈʌθɪn tə sˈA."),
        ("I dont know, they couldnt.", "ˈI dˈOnt nˈO, ðA kˈʊdənt."),
        ("Was you lookin for Perkin?", "wʌz ju lˈʊkɪn fɔɹ pˈɜɹkɪn?"),
        ("Rock ’n’ roll, 'cause I can.", "ɹˈɑk ən ɹˈOl, kˈʌz ˈI kæn."),
        ("’Twould be well an’ good.", "twˈʊd bi wˈɛl æn ɡˈʊd."),
        ("Jus’ las’ night, 'cos I can.", "ʤˈʌs lˈæs nˈIt, kˈʌz ˈI kæn."),
        ("Chris’ hat, ‘next of kin’ too.", "kɹˈɪs hˈæt, nˈɛkst ʌv kˈɪn tˈu."),
        ("‘Ere’ is a word, ‘a mortal sin’ two.", "ˈɛɹ ɪz ə wˈɜɹd, ə mˈɔɹtəl sˈɪn tˈu."),
    ],
)
def test_what_an_apostrophe_leaves_out_is_not_said(text: str, phonemes: str) -> None:
    assert FRONT_END.say(text, "en")[1] == phonemes


def test_the_network_reads_very_long_words_to_their_end() -> None:
    assert len(predict_word("antidisestablishmentarianism" * 3)) > 60


def test_no_word_needs_the_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    predict_word.cache_clear()
    assert FRONT_END.say("Zorblax frimbled 中文 quixotically.", "en")[1].endswith(".")


def test_importing_the_front_end_loads_no_language_data() -> None:
    code = (
        "import sys, ttsbook.text; "
        "heavy = {'jieba', 'pypinyin', 'num2words', 'cn2an', 'numpy', 'nltk', 'g2p_en', 'torch'}; "
        "print(sorted(heavy.intersection(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_of_the_packages_g2p_en_and_jieba_only_data_are_used(tmp_path: Path) -> None:
    code = (
        "import sys; from ttsbook.text import FrontEnd; FrontEnd().say('Zorblax 你好，旺吉嘉措。', 'zh'); "
        "print({'g2p_en', 'nltk', 'jieba', 'pkg_resources'}.intersection(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-W", "error::SyntaxWarning", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path), "HOME": str(tmp_path)},
    )
    assert result.stdout.strip() == "set()"
    assert result.stderr == ""
    assert list(tmp_path.iterdir()) == []


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDXYZ'’éüœ", min_size=1, max_size=24))
@settings(max_examples=150, deadline=None)
def test_any_word_gives_known_symbols_and_something_to_say(word: str) -> None:
    symbols = pronounce_word(word)
    assert is_known(symbols)
    assert symbols or not re.search("[a-zA-Zéüœ]", word)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_any_run_of_characters_gives_known_symbols(run: str) -> None:
    assert is_known(pronounce_run(run))


def test_every_reading_of_every_common_character_is_in_the_inventory() -> None:
    from pypinyin import Style, pinyin

    characters = "".join(map(chr, range(0x4E00, 0x9FA6)))
    readings = pinyin(
        characters, style=Style.TONE3, heteronym=True, neutral_tone_with_five=True, errors="ignore"
    )
    syllables = {syllable for options in readings for syllable in options}
    assert len(syllables) > 1200
    for syllable in syllables:
        assert is_known(from_pinyin(syllable)), syllable


@pytest.mark.parametrize("wrong", ["", "xyz1", "ni6", "你", "hao 3", "ab"])
def test_what_is_not_pinyin_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="pinyin"):
        from_pinyin(wrong)


def test_tables_hold_readable_words_only() -> None:
    for row in read_rows("heteronyms_en.tsv"):
        assert is_known(from_arpabet(row[2]) + from_arpabet(row[3]))
        assert row[2] != row[3]
    for row in read_rows("words_en.tsv"):
        assert is_known(from_arpabet(row[1]))
    for row in read_rows("polyphones_zh.tsv"):
        assert len(row[1].split()) == len(row[0])
        assert all(from_pinyin(syllable) for syllable in row[1].split())


def test_a_word_without_known_parts_is_left_to_the_network() -> None:
    assert find_word("zorblax") is None
    assert derive_word("zorblax") is None
    assert pronounce_word("zorblax")


def test_letters_of_an_acronym_are_named() -> None:
    assert FRONT_END.say("The XKCD site.", "en")[1] == "ði ˈɛks kˈA sˈi dˈi sˈIt."
    assert FRONT_END.say("A. B. Smith", "en")[1] == "ˈA bˈi smˈɪθ."
    assert FRONT_END.say("PhDs, EMTs and ICBMs", "en")[1] == "pˈiˌAʧdˈiz, ˈi ˈɛm tˈiz ænd ˈI sˈi bˈi ˈɛmz."
    assert FRONT_END.say("SEALs saw JSON.", "en")[1] == "sˈilz sˈɔ ʤˈAsən."
    assert FRONT_END.say("SSS", "en")[1] == "ˈɛs ˈɛs ˈɛs."
    assert FRONT_END.say("She DM’d www, OD’d.", "en")[1] == (
        "ʃi dˈi ˈɛmd dˈʌbəljˌu dˈʌbəljˌu dˈʌbəljˌu, ˈO dˈid."
    )


@pytest.mark.parametrize(
    ("word", "symbols"),
    [
        ("FaceTime", "fˈAs tˈIm"),
        ("macOS", "mˈæk ˈO ˈɛs"),
        ("DeShawn’s", "də ʃˈɔnz"),
        ("McGonagall", "məɡˈɑnəɡəl"),
        ("K'vort", "kəvˈɔɹt"),
        ("Muad'Dib", "mwɑdˈib"),
        ("Ba'al", "bˈAəl"),
        ("M’Gregor", "məɡɹˈɛɡəɹ"),
        ("P'raps", "pəɹˈæps"),
        ("L'homme", "lˈɑm"),
        ("Kh'vaar", "kəvˈɑɹ"),
        ("Hawai'i", "həwˈIˌi"),
    ],
)
def test_a_joined_name_is_read_by_its_parts(word: str, symbols: str) -> None:
    assert pronounce_word(word) == symbols


def test_the_stop_of_a_sentence_that_ends_with_initials_is_kept() -> None:
    assert FRONT_END.say("He left the U.S. Then I fell.", "en")[1] == "hi lˈɛft ðə jˈu ˈɛs. ðˈɛn ˈI fˈɛl."
    assert FRONT_END.say("The U.S. Army", "en")[1] == "ðə jˈu ˈɛs ˈɑɹmi."


@pytest.mark.parametrize("accent", ["american", "british"])
def test_the_has_a_long_vowel_before_another(accent: str) -> None:
    text = "The inspector of the FBI, the one at the, er, use of the hour."
    said = FrontEnd(accent=accent).say(text, "en")[1].split()
    assert [word.strip(",") for word in said if word[0] == "ð"] == ["ði", "ði", "ðə", "ðə", "ði"]


def test_each_language_keeps_its_own_words_in_mixed_text() -> None:
    assert FRONT_END.say("我爱Python。", "zh")[1] == "wo↓ ai↘ pˈIθɑn."
    assert FRONT_END.say("She said 你好 to me.", "en")[1] == "ʃi sˈɛd ni↗xau↓ tə mi."


@pytest.mark.parametrize(
    ("text", "language", "phonemes"),
    [
        ("A股", "zh", "ˈA ku↓."),
        ("选A。", "zh", "ɕɥɛ↓n ˈA."),
        ("做IT的人", "zh", "ʦwo↘ ˈI tˈi tɤ ɻə↗n."),
        ("Plan A failed.", "en", "plˈæn ˈA fˈAld."),
        ("Take A, B, and C.", "en", "tˈAk ˈA, bˈi, ænd sˈi."),
        ("“A—a ghost!”", "en", "ə, ə ɡˈOst!"),
        ("A is for apple.", "en", "ˈA ɪz fɔɹ ˈæpəl."),
        ("A", "en", "ˈA."),
        ("A. The cat", "en", "ˈA. ðə kˈæt."),
        ("A. Conan Doyle", "en", "ˈA kˈOnən dˈYl."),
        ("A NASA plan", "en", "ə nˈæsə plˈæn."),
        ("A has-been and Mr. A at A&M.", "en", "ə hæz bˈɪn ænd mˈɪstəɹ ˈA æt ˈA ænd ˈɛm."),
        ("A T-shirt, vitamin A T-shirts.", "en", "ə tˈi ʃˈɜɹt, vˈItəmən ˈA tˈi ʃˈɜɹts."),
        ("At 9am. An A-OK A-game.", "en", "æt nˈIn ˈA ˈɛm. ən ˈA ˈOkˈA ˈA ɡˈAm."),
        ("A4 paper, a4 and 4a.", "en", "ˈA fˈɔɹ pˈApəɹ, ˈA fˈɔɹ ænd fˈɔɹ ˈA."),
    ],
)
def test_a_letter_is_told_from_a_word(text: str, language: str, phonemes: str) -> None:
    assert FRONT_END.say(text, language)[1] == phonemes


def test_an_utterance_always_ends_with_a_stop() -> None:
    assert FRONT_END.say("Chapter One", "en")[1][-1] == "."
    assert FRONT_END.say("第一章", "zh")[1][-1] == "."


@pytest.mark.parametrize(
    ("text", "said"),
    [("他问：“走吗？”。", "ʦou↓ ma?"), ("“好！”，他说。", "xau↓! tʰa→"), ("好，是吗！？", "xau↓, ʂɨ↘ ma!?")],
)
def test_one_mark_stands_at_a_place_in_mandarin(text: str, said: str) -> None:
    phonemes = FRONT_END.say(text, "zh")[1]
    assert said in phonemes
    assert not re.search(r"[.!?] ?[.,;:]", phonemes)
    assert FRONT_END.say("“Why?”", "en")[1][-1] == "?"


@pytest.mark.parametrize("text", ["", " ", "* * *", "…", "—", "“”", "。", "😀", "\u200b", "!!!"])
def test_what_has_no_word_has_no_phonemes(text: str) -> None:
    assert FRONT_END.say(text, "en")[:2] == ("", "")
    assert FRONT_END.say(text, "zh")[:2] == ("", "")


@pytest.mark.parametrize(
    ("word", "symbols"),
    [
        ("sooo", "sˈO"),
        ("ooooh", "ˈu"),
        ("noooo", "nˈO"),
        ("hellooo", "həlˈO"),
        ("Brrrr", "bɹ"),
        ("Heyyy", "hˈA"),
        ("whyyyy", "wˈI"),
        ("stoooop", "stˈɑp"),
        ("looong", "lˈɔŋ"),
        ("soooon", "sˈun"),
        ("heyy", "hˈA"),
        ("byee", "bˈI"),
        ("divorcee", "dəvˌɔɹsˈA"),
        ("noo", "nˈu"),
        ("Oo", "ˈu"),
        ("mph", "ˈɛmpˈiˈAʧ"),
    ],
)
def test_a_drawn_out_word_is_that_word(word: str, symbols: str) -> None:
    assert pronounce_word(word) == symbols


@pytest.mark.parametrize(
    ("letters", "symbols", "expected"),
    [
        ("lestrade", "lˈɛstɹˌAd", True),
        ("palliation", "pˌæliˈAʃən", True),
        ("krk", "kɹk", False),
        ("banana", "bəbəbənænə", False),
        ("constantinople", "kˈɑn", False),
    ],
)
def test_an_impossible_guess_is_told_from_a_possible_one(letters: str, symbols: str, expected: bool) -> None:
    assert is_plausible(letters, symbols) is expected


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_letters_at_all_have_a_reading(letters: str) -> None:
    assert is_known(pronounce_word(letters))
    assert pronounce_word(letters)


@pytest.mark.parametrize(
    ("name", "least", "rows_at_least"), [("heteronyms", 0.95, 120), ("readings zh", 0.95, 200)]
)
def test_readings_that_depend_on_the_sentence_are_nearly_always_right(
    name: str, least: float, rows_at_least: int
) -> None:
    right = [is_right for table, _, is_right in verdicts() if table == name]
    assert len(right) >= rows_at_least
    assert sum(right) / len(right) >= least


@given(st.text(alphabet="张王李伟丽小明祥子虎妞阿鲁嚯囧忐忑", min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_new_words_are_those_of_jieba(run: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jieba import finalseg
    assert join_characters(run) == list(finalseg.cut(run))


def test_tables_of_jieba_that_would_run_code_are_refused() -> None:
    with pytest.raises(pickle.UnpicklingError, match="no plain data"):
        _PlainData(io.BytesIO(pickle.dumps(print))).load()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("lol", "L O L"),
        ("idk", "I D K"),
        ("mRNA", "M R N A"),
        ("AoE", "A O E"),
        ("thx", "thanks"),
        ("iOS", "I O S"),
    ],
)
def test_what_people_type_is_read_as_they_say_it(typed: str, said: str) -> None:
    say = FrontEnd().say
    assert say(typed, "en")[1].replace(" ", "") == say(said, "en")[1].replace(" ", "")


@pytest.mark.parametrize(
    "sound",
    ["Pfft", "Zzz", "Grrr", "Tch", "Mhm", "Shhh", "Hmm", "Bzzzt", "Krrrk", "Mmmph", "Sssssh", "Hrm", "BZZZT"],
)
def test_a_sound_without_a_vowel_is_no_row_of_letters(sound: str) -> None:
    assert " " not in FrontEnd().say(sound, "en")[1]
