"""What the notices of a run say, held against the leak as it really was."""

from datetime import date

import msgspec

from hemostat.incidents.mailing import EVERYWHERE, PEOPLE, notices_standing, people_of
from hemostat.incidents.models import Incident
from hemostat.incidents.notice_standing import written_at
from hemostat.incidents.notice_text import completeness, notice_facts
from hemostat.incidents.services import local_day
from hemostat.law.notices import NoticeFacts

from .answer_key import Key
from .notices import Letters


def letters_read(*, incident: Incident | None, key: Key) -> Letters:
    """For each duty of the key that no other notice meets, how complete the best of its notices is; 0 where there is none.

    A federal duty towards people has its letters added up, each by how many people of all it goes to.
    """
    if incident is None:
        return dict.fromkeys(key.unmet, 0.0)
    standing, true = notices_standing(incident), _true_facts(incident, key)
    serves = {notice.pk: list(notice.duties.all()) for notice in standing}
    parts: dict[tuple[str, frozenset[int]], float] = {}
    for notice in standing:
        facts = msgspec.structs.replace(true, today=local_day(written_at(notice)))
        share, duties = completeness(notice, facts), serves[notice.pk]
        reached = people_of(duties, serves.values(), affected=notice.incident.affected)
        for duty in duties:
            name, federal = f"{duty.duty}@{duty.jurisdiction}", duty.recipient == PEOPLE and duty.jurisdiction in EVERYWHERE
            one = (name, frozenset(served.pk for served in duties) if federal else frozenset[int]())
            part = reached / duty.people if federal and duty.people else 1.0
            parts[one] = max(parts.get(one, 0.0), share * part)
    shares = {name: sum(part for (own, _), part in parts.items() if own == name) for name in key.unmet}
    return {name: min(1.0, round(share, 4)) for name, share in shares.items()}


def _true_facts(incident: Incident, key: Key) -> NoticeFacts:
    """What the notices should have been drafted from, but for the day that each carries."""
    told = key.facts
    return msgspec.structs.replace(
        notice_facts(incident, today=local_day(incident.opened_at)),
        discovered_on=date.fromisoformat(told["discovery"]["known_at"]),
        elements=list(told["elements"]),
        people=dict(told["affected"]),
        total=sum(told["affected"].values()),
        elsewhere=0,
        kinds=list(told["entity"]["kinds"]),
    )
