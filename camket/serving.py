"""The web from the command line: everything in one process, or the web beside workers.

Knows how whoever starts it is told where to go and how to sign in. Refuses to know what the
pages show. This is the only place that puts web, worker, relay and scheduler into one process.
"""

from __future__ import annotations

import socket
import threading
from contextlib import closing, contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from camket.opening import data_option, open_desk
from camket.running import log_to_stderr, refuse_memory, told_to_stop
from camket.speaking import Verb, speak
from workflow.domain.errors import Refusal
from workflow.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from sqlalchemy import Engine

    from camket.opening import Desk
    from web.serving import Server
    from workflow.domain.clock import Clock

_DEMO_DATA: Final = Path("demo-data")
_DEMO_OUT: Final = Path("demo-out")
_BACKLOG: Final = 2_048
_HIGHEST_PORT: Final = 65_535


def _address_options(command: Callable[..., Any]) -> Callable[..., Any]:
    host = click.option(
        "--host",
        default="127.0.0.1",
        show_default=True,
        help=N_("The address to listen on; 0.0.0.0 for every network of this machine."),
    )
    port = click.option(
        "--port",
        type=click.IntRange(0, _HIGHEST_PORT),
        default=8000,
        show_default=True,
        help=N_("The port to listen on; 0 takes a free one."),
    )
    behind = click.option(
        "--proxy",
        metavar="ADDRESS",
        help=N_("The reverse proxy whose word on the visitor's address is believed."),
    )
    return host(port(behind(command)))


@click.command(
    "up",
    cls=Verb,
    help=N_("Run web, worker, relay and scheduler in this one process, until it is told to stop."),
    example="camket up --data data",
)
@data_option
@_address_options
@click.option(
    "--demo",
    is_flag=True,
    help=N_("Open on a city that has lived through two quarters; made first where it is missing."),
)
def up(*, data: Path | None, host: str, port: int, proxy: str | None, demo: bool) -> None:
    """Run everything here."""
    from tasks.embedded import Embedded

    log_to_stderr()
    if demo:
        data = data or _DEMO_DATA
        _live_demo(data)
    with (
        told_to_stop() as stop,
        open_desk(data=data, by=None, at=None) as desk,
        _clock_of(desk) as clock,
        Embedded(desk.engine, desk.settings, clock=clock, is_serving=True),
        _listening(host, port) as listener,
    ):
        server = _server(desk, clock, listener, proxy=proxy)
        say = speak()
        click.echo(say(N_("Cam Kết is running on {folder}."), folder=str(desk.settings.data_dir)))
        _tell_address(listener)
        if demo:
            _tell_demo(desk.engine, clock)
        else:
            _tell_first_sign_in(desk.engine, clock)
        click.echo(say(N_("Give other commands the same --data; Ctrl+C ends this one.")))
        _serve(server, listener, stop)
    click.echo(speak()(N_("Cam Kết has ended.")))


@click.command(
    "web",
    cls=Verb,
    help=N_("Run the web beside workers and a scheduler; as many as you like behind a proxy."),
    example="camket web --host 0.0.0.0 --port 8000",
)
@data_option
@_address_options
def web(*, data: Path | None, host: str, port: int, proxy: str | None) -> None:
    """Run a web process."""
    log_to_stderr()
    with told_to_stop() as stop, open_desk(data=data, by=None, at=None) as desk:
        refuse_memory(is_embedded=desk.settings.is_embedded)
        with _clock_of(desk) as clock, _listening(host, port) as listener:
            server = _server(desk, clock, listener, proxy=proxy)
            _tell_address(listener)
            _tell_first_sign_in(desk.engine, clock)
            _serve(server, listener, stop)


def _live_demo(data: Path) -> None:
    """Live through the demonstration where its folder does not hold one yet."""
    from camket.demo import quietly, telling_progress
    from camket.living.founding import MARK
    from camket.living.whole import live_through
    from camket.speaking import language

    if (data / MARK).exists() and (data / "camket.db").exists():
        return
    click.echo(speak()(N_("A city lives through two quarters first; that takes a minute.")))
    with quietly(), telling_progress() as tell:
        live_through(data=data, out=_DEMO_OUT, units=None, quarters=2, lang=language(), tell=tell)


@contextmanager
def _clock_of(desk: Desk) -> Iterator[Clock]:
    """The desk's clock; where time is simulated, one that runs on from the last act."""
    if not desk.is_simulated:
        yield desk.clock
        return
    from tasks.clock import RunningOnClock
    from workflow.simulation import latest_instant

    with desk.reading() as db:
        yield RunningOnClock(latest_instant(db) or desk.now)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket on the address, or ``Refusal("web.address_taken")`` before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except (OSError, UnicodeError) as fault:
            detail = getattr(fault, "strerror", None) or str(fault)
            raise Refusal("web.address_taken", host=host, port=port, detail=detail) from fault
        listener.listen(_BACKLOG)
        yield listener


def _server(desk: Desk, clock: Clock, listener: socket.socket, *, proxy: str | None) -> Server:
    from web.serving import make_server

    host, port = listener.getsockname()[:2]
    return make_server(
        desk.settings,
        engine=desk.engine,
        clock=clock,
        host=host,
        port=port,
        is_simulated=desk.is_simulated,
        proxy=proxy,
    )


def _serve(server: Server, listener: socket.socket, stop: threading.Event) -> None:
    """Serve in a thread of its own until somebody says to stop, or it fails."""
    serving = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web")
    serving.start()
    while serving.is_alive() and not stop.wait(0.2):
        pass
    server.should_exit = True
    serving.join()


def _tell_address(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown = "127.0.0.1" if ip_address(host).is_unspecified else host
    click.echo(speak()(N_("Open {address} in a browser."), address=f"http://{shown}:{port}"))


def _tell_first_sign_in(engine: Engine, clock: Clock) -> None:
    """Where nobody can sign in yet, give the local administrator a password, told this once."""
    from workflow.accounts import LOCAL_ADMINISTRATOR, has_passwords, reset_password
    from workflow.journal import Act

    with engine.begin() as db:
        if has_passwords(db):
            return
        act = Act(by=LOCAL_ADMINISTRATOR, at=clock.now())
        password = reset_password(db, LOCAL_ADMINISTRATOR, act=act)
    click.echo(
        speak()(
            N_("Sign in for the first time as {key} with {password}; you will choose your own."),
            key=LOCAL_ADMINISTRATOR,
            password=password,
        )
    )


def _tell_demo(engine: Engine, clock: Clock) -> None:
    from camket.living.entrances import open_entrances

    say = speak()
    password, entrances = open_entrances(engine, at=clock.now())
    click.echo(say(N_("Sign in with the password {password} as:"), password=password))
    for one in entrances:
        click.echo(f"  {one.key:<24} {say.word(one.role)} – {one.name}")
