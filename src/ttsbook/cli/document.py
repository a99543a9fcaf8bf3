"""JSON documents for programs: one on stdout, stable keys, a schema version."""

from __future__ import annotations

from collections.abc import Mapping

from ttsbook.errors import TtsbookError

SCHEMA_VERSION = 1


def document(**content: object) -> dict[str, object]:
    """Return `content` with the schema version in front."""
    return {"schema_version": SCHEMA_VERSION, **content}


def error_entry(error: TtsbookError) -> Mapping[str, object]:
    return {
        "kind": type(error).__name__,
        "message": error.message,
        "hint": error.hint,
        "exit_code": error.exit_code,
    }


def error_document(error: TtsbookError) -> dict[str, object]:
    return document(error=error_entry(error))
