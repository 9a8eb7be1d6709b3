"""The command line: from what was typed to a verb, and from its end to an exit code.

Knows which verbs there are and where each is kept. Refuses to know what a verb does: its
module is loaded when it is called, so that ``camket --help`` answers at once.

Exit codes: 0 done, 1 the answer is no, 2 wrong input, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

import click

from camket.speaking import Verbs, listening_to, refusal_of
from workflow.domain.errors import Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

WRONG_INPUT: Final = 2
INTERRUPTED: Final = 130

# Each verb: the module and name of its command, and what it does in a line.
VERBS: Final[Mapping[str, tuple[str, str]]] = {
    "demo": (
        "camket.demo:demo",
        N_("Live through the first quarters of the shipped example; its reports go to a folder."),
    ),
    "agreement": (
        "camket.agreements:agreement",
        N_("Agreements: check, load, activate, amend, end."),
    ),
    "units": ("camket.succeeding:units", N_("Units: load, list, and let them be succeeded.")),
    "calendar": (
        "camket.days:calendar",
        N_("Working calendars: show the days off, import swaps."),
    ),
    "preview": (
        "camket.foresight:preview",
        N_("What an agreement file would create between two days, without a database."),
    ),
    "plan": (
        "camket.planning:plan",
        N_("Create what is owed and bring untouched tasks up to the rule."),
    ),
    "coverage": (
        "camket.planning:coverage",
        N_("Prove that nothing owed is missing and nothing superfluous is asked; 1 with gaps."),
    ),
    "meeting": ("camket.events:meeting", N_("Meetings: add, move, cancel, list, import.")),
    "request": (
        "camket.events:request",
        N_("Requests of the other party, which one unit answers."),
    ),
    "instruct": (
        "camket.instructions:instruct",
        N_("Instructions of leaders: give, list, show, withdraw."),
    ),
    "figure": (
        "camket.figures:figure",
        N_("External figures, such as the post office's counts."),
    ),
    "subscription": (
        "camket.subscriptions:subscription",
        N_("Who subscribes to what: show, export, import."),
    ),
    "task": ("camket.task_acts:task", N_("Tasks: list, show, why, evidence, submit and more.")),
    "check": (
        "camket.checking:check",
        N_("Judge one file by one evidence check, as a worker would; 1 unless it passes."),
    ),
    "review": ("camket.reviews:review", N_("Reviews: list, confirm, return.")),
    "extension": ("camket.concessions:extension", N_("Extensions: list, ask, grant, refuse.")),
    "waiver": ("camket.concessions:waiver", N_("Waivers: list, ask, grant, refuse.")),
    "doubt": (
        "camket.doubts:doubt",
        N_("Doubts about accepted tasks: list, raise, settle."),
    ),
    "user": ("camket.people:user", N_("Accounts: add, list, roles, disable, reset.")),
    "report": (
        "camket.report_verbs:report",
        N_("Reports: draft, write, approve, issue, show, verify."),
    ),
    "letter": (
        "camket.letters:letter",
        N_("Letters that press units: owing, draw, number, list."),
    ),
    "journal": ("camket.journal:journal", N_("The journal: verify its seal, export it.")),
    "work": (
        "camket.running:work",
        N_("Do in this process all that is due, until nothing is left, or only parked rows."),
    ),
    "jobs": ("camket.running:jobs", N_("Jobs that failed too often: list and try again.")),
    "up": (
        "camket.serving:up",
        N_("Run web, worker, relay and scheduler in this one process, until it is told to stop."),
    ),
    "web": (
        "camket.serving:web",
        N_("Run the web beside workers and a scheduler; as many as you like behind a proxy."),
    ),
    "worker": (
        "camket.running:worker",
        N_("Run a worker beside others: evidence is checked, letters are sent."),
    ),
    "scheduler": (
        "camket.running:scheduler",
        N_("Run the scheduler and the relay beside workers; one is enough."),
    ),
    "migrate": (
        "camket.installing:migrate",
        N_("Bring the database up to date; safe to call again and from several processes at once."),
    ),
    "doctor": (
        "camket.doctor:doctor",
        N_("Say what is missing or badly set; 1 where something is broken."),
    ),
}


class Camket(Verbs):
    """All verbs; one is imported only when it is called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The verbs, in the order in which a user meets them."""
        return list(VERBS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a verb, or None when there is no such one."""
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def summaries(self, _ctx: click.Context) -> dict[str, str]:
        """What each verb does, without loading any."""
        return {name: summary for name, (_, summary) in VERBS.items()}


camket: Final = Camket(
    "camket",
    help=N_("Cam Kết: what two parties agreed becomes tasks, evidence and a report that adds up."),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; a refusal is said on standard error."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    code = 0
    with listening_to(given):
        try:
            with camket.make_context("camket", given) as context:
                camket.invoke(context)
        except click.exceptions.Exit as ended:
            code = ended.exit_code
        except (click.Abort, KeyboardInterrupt):
            code = INTERRUPTED
        except click.exceptions.NoArgsIsHelpError as bare:
            click.echo(bare.format_message(), err=True)
            code = WRONG_INPUT
        except BrokenPipeError:
            # Who reads (head, less) has seen enough, and nothing more can be said to them.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except Exception as fault:
            refusal = _behind(fault)
            if refusal is None:
                raise
            code = _refuse(refusal)
    return code


def _behind(fault: Exception) -> Refusal | None:
    """What a user can be told about a fault; None where it is one of ours."""
    if isinstance(fault, Refusal):
        return fault
    if isinstance(fault, click.ClickException):
        return refusal_of(fault)
    if isinstance(fault, OSError):
        file, detail = fault.filename or "", fault.strerror or str(fault)
        return Refusal("command.file", file=file, detail=detail)
    # A verb that has not imported SQLAlchemy cannot have met its faults.
    faults = sys.modules.get("sqlalchemy.exc")
    if faults is not None and _is_of_the_database(fault, faults):
        return Refusal("database.unable", detail=str(getattr(fault, "orig", fault)).strip())
    return None


def _is_of_the_database(fault: Exception, faults: ModuleType) -> bool:
    """Whether the database could not do it, as against a statement of ours that is wrong.

    SQLite says by the plain base class that a file is no database.
    """
    return isinstance(fault, faults.OperationalError) or type(fault) is faults.DatabaseError


def _refuse(refusal: Refusal) -> int:
    from camket.showing import said

    click.echo(said(refusal), err=True)
    return WRONG_INPUT


if __name__ == "__main__":
    sys.exit(main())
