"""Help and mistakes of the command line in the user's language.

Knows how click lays out a page of help and how it names what was mistyped. Refuses to
know any verb. English texts stand in the code, marked for the catalogs; they are
translated when a page is printed, because only then the language is known.
"""

from __future__ import annotations

import copy
import difflib
import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

import click

from workflow.domain.errors import Refusal
from workflow.i18n import DEFAULT_LANGUAGE, LANGUAGES, N_, translator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workflow.i18n import Translator

_asked_for: Final[ContextVar[str]] = ContextVar("language asked for", default="")


def language() -> str:
    """The language of this call: ``--lang``, else ``CAMKET_LANG``, else Vietnamese."""
    asked = _asked_for.get() or os.environ.get("CAMKET_LANG", "")
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


def speak() -> Translator:
    """The translator for what this call prints."""
    return translator(language())


@contextmanager
def listening_to(arguments: Sequence[str]) -> Iterator[None]:
    """Speak the language that ``--lang`` asks for, wherever it stands in the line.

    It is looked for before click reads the line, so that a mistake that stands before it
    is told in that language too.
    """
    asked = ""
    for at, argument in enumerate(arguments):
        if argument == "--lang":
            asked = "".join(arguments[at + 1 : at + 2])
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    token = _asked_for.set(asked)
    try:
        yield
    finally:
        _asked_for.reset(token)


class Verb(click.Command):
    """A command whose help is in the user's language, with an example at its end.

    ``help`` and the help of its options are English texts marked with ``N_``.
    """

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example
        self.params.append(_language_option())

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``, with its own help marked for the catalogs."""
        return _own_help_option(super().get_help_option(ctx))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line of usage."""
        _write_usage(self, ctx, formatter)

    def format_help_text(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the verb does."""
        _write_text(self.help, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        _write_options(self, ctx, formatter)

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example."""
        if self.example:
            with formatter.section(speak()(N_("Example"))):
                formatter.write_text(self.example)


class Verbs(click.Group):
    """A group of verbs; a mistyped one is refused with the names that come near."""

    command_class = Verb
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(_language_option())

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``, with its own help marked for the catalogs."""
        return _own_help_option(super().get_help_option(ctx))

    def summaries(self, ctx: click.Context) -> dict[str, str]:
        """Each verb and what it does in a line, in English, in the order of the list."""
        found: dict[str, str] = {}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                found[name] = command.help or ""
        return found

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line of usage."""
        _write_usage(self, ctx, formatter)

    def format_help_text(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what these verbs are for."""
        _write_text(self.help, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the verbs."""
        _write_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs, each with the first sentence of its help."""
        say = speak()
        rows = [
            (name, say(text).split("\n\n")[0].replace("\n", " "))
            for name, text in self.summaries(ctx).items()
        ]
        if rows:
            with formatter.section(say(N_("Commands"))):
                formatter.write_dl(rows)


def refusal_of(mistake: click.ClickException) -> Refusal:
    """What click found wrong, as a refusal with a code and facts."""
    if isinstance(mistake, click.exceptions.NoSuchCommand):
        near = _near(mistake)
        code = "command.unknown_near" if near else "command.unknown"
        return Refusal(code, verb=mistake.command_name, near=near)
    if isinstance(mistake, click.NoSuchOption):
        return Refusal("command.option_unknown", option=mistake.option_name)
    if isinstance(mistake, click.MissingParameter):
        return Refusal("command.value_missing", name=_name(mistake))
    if isinstance(mistake, click.BadParameter):
        return Refusal("command.value_wrong", name=_name(mistake), detail=mistake.message)
    return Refusal("command.wrong", detail=mistake.format_message())


def _near(mistake: click.exceptions.NoSuchCommand) -> list[str]:
    if mistake.ctx is None or not isinstance(mistake.ctx.command, click.Group):
        return []
    known = mistake.ctx.command.list_commands(mistake.ctx)
    return difflib.get_close_matches(mistake.command_name, known, n=3)


def _name(mistake: click.BadParameter) -> str:
    if isinstance(mistake.param, click.Option):
        return mistake.param.opts[0]
    if mistake.param is not None and mistake.ctx is not None:
        return mistake.param.make_metavar(mistake.ctx)
    return str(mistake.param_hint or "")


def _language_option() -> click.Option:
    # It has been heard by listening_to; here it is only checked and shown.
    return click.Option(
        ["--lang"],
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help=N_("Language of what is printed."),
    )


def _own_help_option(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = N_("Show this page.")
    return option


def _write_usage(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    pieces = " ".join(command.collect_usage_pieces(ctx))
    formatter.write_usage(ctx.command_path, pieces, prefix=speak()(N_("Usage: ")))


def _write_text(text: str | None, formatter: click.HelpFormatter) -> None:
    if text:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(speak()(text))


def _write_options(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    say = speak()
    rows = []
    for parameter in command.get_params(ctx):
        shown = copy.copy(parameter)
        if isinstance(shown, click.Option) and shown.help:
            shown.help = say(shown.help)
        row = shown.get_help_record(ctx)
        if row is not None:
            rows.append(row)
    with formatter.section(say(N_("Options"))):
        formatter.write_dl(rows)
