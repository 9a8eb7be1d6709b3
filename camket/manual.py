"""The reference of the command line, written from the verbs themselves.

Knows every verb by asking the command. Refuses to say anything that ``--help`` does not.
``python -m camket.manual > docs/command-line.md`` writes it anew; a test holds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from camket.__main__ import camket
from camket.speaking import Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# The command line

Written from the commands themselves: `python -m camket.manual > docs/command-line.md`.
Every verb also takes `--lang vi|en` and `--help`. Exit codes: 0 done, 1 the answer is no,
2 wrong input with a message that names its place, 130 interrupted.
"""


def verbs(
    command: click.Command = camket, path: tuple[str, ...] = ("camket",)
) -> Iterator[tuple[tuple[str, ...], Verb]]:
    """Every verb that does something, with the words that call it, in the order of the help."""
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=" ".join(path))
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from verbs(inner, (*path, name))
    elif isinstance(command, Verb):
        yield path, command


def manual() -> str:
    """The whole reference in Markdown, in English."""
    return "\n".join([_HEAD, *(_section(path, verb) for path, verb in verbs())])


def _section(path: tuple[str, ...], verb: Verb) -> str:
    context = click.Context(verb, info_name=" ".join(path))
    lines = [
        f"## {' '.join(path)}",
        "",
        (verb.help or "").replace("\n\n", " "),
        "",
        f"    {' '.join([*path, *verb.collect_usage_pieces(context)])}",
        "",
    ]
    for parameter in verb.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and not {"--help", "--lang"} & {*parameter.opts}:
            lines.append(f"* `{record[0]}` {record[1]}")
    if lines[-1]:
        lines.append("")
    lines += [f"Example: `{verb.example}`", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    click.echo(manual(), nl=False)
