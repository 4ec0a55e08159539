"""Who took part in a FHIR AuditEvent: the person, the program that asked, and the server that answered.

BALP swaps the codes: when something is read, the client is the destination and the server the source; in all else it is the other
way round. So whoever asked is looked for first, and the codes decide only where nobody says that he asked.
"""

from typing import Any
from urllib.parse import urlsplit

from hemostat.events.vocabulary import ActorType

from .documents import address, inner, objects, text
from .request import host_name

_APPLICATION, _SOURCE, _DESTINATION = "110150", "110153", "110152"  # DICOM PS3.16, CID 402
_PERSONS = frozenset({"IRCP", "110151", "humanuser", "AUT", "INF"})
_KINDS = {
    "Practitioner": ActorType.STAFF,
    "PractitionerRole": ActorType.STAFF,
    "Patient": ActorType.PERSON,
    "RelatedPerson": ActorType.PERSON,
    "Device": ActorType.APP,
    "Organization": ActorType.UNKNOWN,
}


class Agents:
    """The agents of one event. `reading` tells whether something was read, which turns the codes round."""

    def __init__(self, agents: list[dict[str, Any]], *, reading: bool) -> None:
        client_code, server_code = (_DESTINATION, _SOURCE) if reading else (_SOURCE, _DESTINATION)
        coded = [agent for agent in agents if _types(agent) & {_APPLICATION, _SOURCE, _DESTINATION}]
        asking = [agent for agent in coded if inner(agent, "requestor") is True]
        acting = [one for code in (client_code, _APPLICATION) for one in coded if code in _types(one)]
        self._client = next(iter([*asking, *acting]), None)
        others = [agent for agent in coded if agent is not self._client]
        self._server = next((one for one in others if server_code in _types(one)), None) or next(iter(others), None)
        persons = [agent for agent in agents if agent not in coded]
        self._user = next((one for one in persons if _types(one) & _PERSONS), None) or next(
            (one for one in persons if inner(one, "requestor") is True), None
        )

    @property
    def actor(self) -> str:
        """Who it was: the person, else the program."""
        return _name(self._user) or _name(self._client)

    @property
    def actor_type(self) -> ActorType:
        """What kind of caller the actor is."""
        if not _name(self._user):
            return ActorType.APP if _name(self._client) else ActorType.UNKNOWN
        return _KINDS.get(text(self._user, "who", "reference").rpartition("/")[0].rpartition("/")[2], ActorType.PERSON)

    @property
    def app(self) -> str:
        """The program that asked."""
        return text(self._client, "who", "display") or _name(self._client)

    @property
    def ip(self) -> str:
        """The address that was asked from."""
        return next(filter(None, (address(_network(agent)) for agent in (self._client, self._user))), "")

    @property
    def host(self) -> str:
        """The host that answered; "" when only its address is known."""
        network = _network(self._server)
        return "" if address(network) else host_name(urlsplit(network).netloc if "://" in network else network)


def _types(agent: dict[str, Any]) -> frozenset[str]:
    """The codes of what an agent is: of its type, and of its roles."""
    concepts = [*objects(agent, "type"), *objects(agent, "role")]
    return frozenset(text(coding, "code") for concept in concepts for coding in objects(concept, "coding"))


def _name(agent: dict[str, Any] | None) -> str:
    """What names an agent, the least changeable first."""
    who = inner(agent, "who")
    candidates = (text(who, "identifier", "value"), text(who, "reference"), text(agent, "altId"), text(who, "display"))
    return next(filter(None, (*candidates, text(agent, "name"))), "")


def _network(agent: dict[str, Any] | None) -> str:
    """The address of an agent: an object in R4; text, an address or a reference in R5."""
    found = (text(agent, "network", "address"), text(agent, "networkString"), text(agent, "networkUri"))
    return next(filter(None, found), "")
