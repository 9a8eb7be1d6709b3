"""What is said about a command line that was not understood."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "command.file": N_("{file}: {detail}."),
    "command.option_unknown": N_("There is no option {option}; --help shows what there is."),
    "command.unknown": N_("There is no command {verb}; --help shows what there is."),
    "command.unknown_near": N_("There is no command {verb}. Meant may be: {near}."),
    "command.value_missing": N_("A value is missing: {name}."),
    "command.value_wrong": N_("The value of {name} is wrong: {detail}"),
    "command.wrong": N_("The command line was not understood: {detail}"),
}
