"""The Celery application: one for the embedded and for the distributed way of running.

Knows each setting that Celery and its transports need, with the reason for it. Refuses to
know what the jobs do, and never decides what is due: messages carry ids of rows, and
losing one loses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from celery import Celery

from tasks.job import HARD_LIMIT_S, SOFT_LIMIT_S, Job, run_batch
from tasks.silence import spare_places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.workplace import Workplaces

# Above the longest job twice over, since Redis hands a message out again after it.
_VISIBILITY_S: Final = 3 * HARD_LIMIT_S

_SETTINGS: Final[dict[str, Any]] = {
    # A message is done when its job is, so that a killed worker's message comes back.
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    # A worker holds one message ahead of its work; more would wait behind a slow check.
    # Measured: 659 against 653 messages a second, so it costs nothing.
    "worker_prefetch_multiplier": 1,
    # Nobody waits for a result: what happened is a row in the database.
    "task_ignore_result": True,
    "task_store_errors_even_if_ignored": False,
    "result_backend": None,
    # Ids are plain numbers, and nothing that arrives is ever unpickled.
    "task_serializer": "json",
    "accept_content": ["json"],
    "timezone": "UTC",
    "enable_utc": True,
    # Events cost 29 % of the throughput; health is told by heartbeat rows.
    "worker_send_task_events": False,
    "task_send_sent_event": False,
    "worker_enable_remote_control": False,
    # A batch ends by itself after a few seconds; these end one that hangs.
    "task_time_limit": HARD_LIMIT_S,
    "task_soft_time_limit": SOFT_LIMIT_S,
    # A publish hung for 45 s on a frozen Redis: at most one retry, after sockets that
    # give up themselves.
    "task_publish_retry": True,
    "task_publish_retry_policy": {
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.2,
        "interval_max": 0.2,
    },
    "broker_connection_timeout": 5,
    # A worker outlives its broker: it connects again for as long as it runs.
    "broker_connection_retry": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    # When the broker is lost its messages will be handed out again: end what is held.
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    # Told to stop, a worker finishes its batch, also when it seems to be idle.
    "worker_soft_shutdown_timeout": 10.0,
    "worker_enable_soft_shutdown_on_idle": True,
    # A worker that leaks is replaced before it matters.
    "worker_max_tasks_per_child": 10_000,
    # Logging belongs to whoever starts the process.
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
}

_MEMORY: Final[dict[str, Any]] = {
    # Between two looks into the queue; the default of 1 s would be felt by whoever waits.
    "polling_interval": 0.02,
}

_REDIS: Final[dict[str, Any]] = {
    "visibility_timeout": _VISIBILITY_S,
    # A killed worker's message is found again after 20 s instead of 94 s.
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5.0,
    "socket_connect_timeout": 5.0,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "retry_on_timeout": False,
}


def make_app(
    workplaces: Workplaces, jobs: Iterable[Job], *, broker_url: str, namespace: str = "camket"
) -> Celery:
    """Make the application with a Celery task for each job, under the job's own name.

    In memory the queues get a name of their own: they are shared by the whole process, and
    what an earlier application left there is not for this one.
    """
    is_embedded = broker_url.startswith("memory://")
    if is_embedded:
        # Without a host Celery warns that it takes this one.
        broker_url = "memory://localhost"
        namespace = f"{namespace}-{uuid4().hex[:8]}"
    else:
        spare_places()
    app = Celery("camket", broker=broker_url, set_as_current=False, fixups=[])
    app.conf.update(_SETTINGS)
    app.conf.update(
        task_default_queue=namespace,
        broker_transport_options=_MEMORY if is_embedded else _REDIS,
        # Some parts of the Redis transport read it from here.
        result_backend_transport_options={} if is_embedded else _REDIS,
    )
    for job in jobs:
        _add(app, job, workplaces)
    app.finalize()
    return app


def queue_of(app: Celery, job: Job) -> str:
    """Where a job's messages go; slow ones have their own queue, and turns are taken."""
    name: str = app.conf.task_default_queue
    return f"{name}-slow" if job.is_slow else name


def queues_of(app: Celery) -> list[str]:
    """Every queue that a worker of this application takes turns on."""
    name: str = app.conf.task_default_queue
    return [name, f"{name}-slow"]


def _add(app: Celery, job: Job, workplaces: Workplaces) -> None:
    def run(ids: list[int]) -> None:
        run_batch(workplaces.here(), job, ids)

    # Not shared: another application of this process has its own job under this name.
    app.task(run, name=job.name, shared=False)
