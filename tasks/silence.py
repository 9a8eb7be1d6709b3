"""What happens to a worker when Redis falls silent just as a message is to be ticked off.

Knows one fault of the transport: a message that could not be acknowledged keeps its place
among those that a worker may hold, for as long as the worker runs. A worker that holds one
message at a time then never takes another (seen: a Redis frozen for five seconds stopped
its workers for good). Refuses to know anything else of Redis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kombu.transport import redis, virtual

if TYPE_CHECKING:
    from collections.abc import Callable


class SparingQoS(redis.QoS):
    """Frees the place of a message also where Redis could not be told."""

    def ack(self, delivery_tag: str) -> None:
        """Tick a message off; it may come again, which changes nothing: its rows are settled."""
        tell_redis: Callable[[str], None] = super().ack
        free_place: Callable[[SparingQoS, str], None] = virtual.QoS.ack
        try:
            tell_redis(delivery_tag)
        except Exception:
            free_place(self, delivery_tag)
            raise


def spare_places() -> None:
    """Let every Redis channel of this process use it."""
    redis.Channel.QoS = SparingQoS
