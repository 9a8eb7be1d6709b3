"""The words of webhooks, and of secrets that are kept to be read again."""

from __future__ import annotations

from typing import Final

from workflow.i18n import N_

MESSAGES: Final = {
    "outgoing.address_refused": N_(
        "{host} leads into a private network or to this machine. Whoever runs the installation"
        " can open it with CAMKET_OUTGOING_ALLOW."
    ),
    "outgoing.bad_address": N_(
        "This is no complete address such as https://receiver.example/hook."
    ),
    "outgoing.bad_allowance": N_("“{entry}” is neither a network, an address nor a host name."),
    "outgoing.credentials": N_("An address must not carry a name or a password."),
    "outgoing.name_unknown": N_("There is no address for the name {host}."),
    "outgoing.not_https": N_(
        "The address must begin with https://. Within the own network plain http:// can be"
        " opened with CAMKET_OUTGOING_HTTP."
    ),
    "outgoing.port_refused": N_("Port {port} is not one at which receivers listen."),
    "outgoing.too_large": N_("The answer was larger than {most:number} bytes."),
    "outgoing.too_slow": N_("{host} did not answer in time."),
    "outgoing.unreachable": N_("{host} could not be reached or broke off ({fault})."),
    "outgoing.untrusted": N_("The certificate of {host} does not hold."),
    "secret.unreadable": N_(
        "A kept secret ({place}) cannot be read: CAMKET_SECRET_KEY is not the one under which"
        " it was kept."
    ),
    "webhook.event_unknown": N_("There is no event {names}. Known are: {known}."),
    "webhook.events_missing": N_("Choose at least one event."),
    "webhook.grace_outside": N_("The old secret may stay valid for 0 to {most:number} hours."),
    "webhook.is_paused": N_("The webhook “{name}” is paused. Resume it first."),
    "webhook.message.unknown": N_("There is no such message of this webhook."),
    "webhook.most_reached": N_(
        "There are {most:number} webhooks. End one that nobody needs any more."
    ),
    "webhook.name_missing": N_("A webhook needs a name, so that you know it again."),
    "webhook.unknown": N_("There is no such webhook within your scope."),
}
