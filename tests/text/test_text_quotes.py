from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttsbook.text.quotes import quoted_spans


@pytest.mark.parametrize(
    ("text", "speeches"),
    [
        ("“Go,” she said. “Now.”", ["“Go,”", "“Now.”"]),
        ('"Go," she said.', ['"Go,"']),
        ("‘It’s the boys’ ball,’ he said, ‘isn’t it?’", ["‘It’s the boys’ ball,’", "‘isn’t it?’"]),
        ("It's the dogs' turn.", []),
        ("’Twas brillig.", []),
        ("The so-called “friend” read “Emma” again.", []),
        ("“Emma”", ["“Emma”"]),
        ("He said: “She told me, ‘Go.’ So I went.” Then he left.", ["“She told me, ‘Go.’ So I went.”"]),
        ("“It goes on in the next paragraph.", ["“It goes on in the next paragraph."]),
        ("他说：“你好。”然后走了。", ["“你好。”"]),
        ("他說：「你好『朋友』。」", ["「你好『朋友』。」"]),
        ("“…”", []),
        ("", []),
    ],
)
def test_speech_is_told_from_words_in_quotation_marks(text: str, speeches: list[str]) -> None:
    assert [text[start:end] for start, end in quoted_spans(text)] == speeches


@given(st.text(alphabet='ab ,.“”‘’"「」«»'))
def test_spans_lie_in_the_text_one_after_the_other(text: str) -> None:
    edges = [edge for span in quoted_spans(text) for edge in span]
    assert edges == sorted(edges)  # two may touch
    assert all(0 <= edge <= len(text) for edge in edges)
