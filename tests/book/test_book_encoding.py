from __future__ import annotations

import pytest

from ttsbook.book.encoding import decode, looks_binary

CHINESE = "第一章　开始\n他说：“我们的书在这里，你要不要看？”大家都笑了起来，没有人知道这是为什么。\n"
TAIWAN = (
    "第一回　甄士隱夢幻識通靈\n此開卷第一回也。作者自云：因曾歷過一番夢幻之後，故將真事隱去，而借通靈之說。\n"
)
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。\n"
FRENCH = "L’été, à la façon d’un élève qui a bien mangé des crêpes, il s’en est allé.\n"
RUSSIAN = "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему.\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *(
            (CHINESE, name)
            for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030")
        ),
        (TAIWAN, "big5"),
        (TAIWAN, "gb18030"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (FRENCH, "cp1252"),
        (FRENCH, "utf-16-le"),
        (RUSSIAN, "cp1251"),
    ],
)
def test_encodings_are_recognised(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


def test_a_few_bad_bytes_in_utf8_are_marked_and_stated() -> None:
    data = (CHINESE * 4).encode()
    decoded = decode(data + b"\xff" + data)
    assert decoded.text == CHINESE * 4 + "\ufffd" + CHINESE * 4
    assert any("1 undecodable" in repair for repair in decoded.repairs)


def test_a_replacement_character_that_was_printed_is_no_repair() -> None:
    assert decode("a \ufffd b".encode()).repairs == ()


def test_a_declaration_is_believed_only_if_it_fits() -> None:
    assert decode("é".encode("latin-1"), declared="iso-8859-1").text == "é"
    wrong = decode(CHINESE.encode(), declared="ascii")
    assert wrong.text == CHINESE
    assert "ascii" in wrong.repairs[0]
    assert decode(CHINESE.encode(), declared="no-such-encoding").text == CHINESE


WINDOWS = "“I don’t know,” she said—“it’s… 5 €.”"


@pytest.mark.parametrize("declared", ["iso-8859-1", "ISO-8859-1", "latin1", "windows-1252"])
def test_latin_1_is_read_as_windows_1252(declared: str) -> None:
    """As browsers do: what is named after the one is nearly always the other."""
    assert decode(WINDOWS.encode("cp1252"), declared=declared).text == WINDOWS


def test_control_characters_in_utf8_were_characters_of_windows_1252() -> None:
    decoded = decode(f"é {WINDOWS}".encode("cp1252").decode("latin-1").encode())
    assert (decoded.text, decoded.encoding) == (f"é {WINDOWS}", "utf-8")
    assert any("9 control characters" in repair for repair in decoded.repairs)


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "cp1251", "koi8-r", "macintosh"])
def test_utf8_under_a_name_that_fits_any_bytes_is_utf8(declared: str) -> None:
    decoded = decode(WINDOWS.encode(), declared=declared)
    assert decoded.text == WINDOWS
    assert declared in decoded.repairs[0]
    bad = decode((CHINESE * 4).encode() + b"\xff", declared=declared)
    assert bad.text == CHINESE * 4 + "\ufffd"
    assert len(bad.repairs) == 2


@pytest.mark.parametrize(("text", "encoding"), [(FRENCH, "cp1252"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r")])
def test_a_name_that_fits_any_bytes_is_believed_where_they_are_not_utf8(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding), declared=encoding)
    assert (decoded.text, decoded.repairs) == (text, ())


def test_binary_files_are_not_text() -> None:
    assert looks_binary(bytes(range(256)) * 20)
    assert not looks_binary(CHINESE.encode("utf-16-le"))
    assert not looks_binary(FRENCH.encode("cp1252"))
