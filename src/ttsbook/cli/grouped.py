"""Help with the options in groups, in plain text: Typer's own needs rich, whose import doubles the start."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

OTHER = "Other"


class GroupedCommand(TyperCommand):
    """A command whose options are listed under the name of their help panel."""

    # The context and formatter belong to the Click inside Typer, which has no public name.
    def format_options(self, ctx: Any, formatter: Any) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                group = "Arguments" if parameter.param_type_name == "argument" else None
                group = group or getattr(parameter, "rich_help_panel", None) or OTHER
                groups.setdefault(group, []).append(record)
        other = groups.pop(OTHER, [])
        for title, records in [*groups.items(), (OTHER, other)]:
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
