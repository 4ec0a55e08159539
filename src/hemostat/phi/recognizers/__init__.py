"""One recognizer a file: shapes, a judge, words of context."""

from .address import Address
from .api_key import ApiKey
from .base import Recognizer
from .condition import Condition
from .dea import Dea
from .dob import Dob
from .driver_license import DriverLicense
from .email import Email
from .health import Health
from .icd10 import Icd10
from .ip import Ip
from .jwt import Jwt
from .medication import Medication
from .member_id import MemberId
from .mrn import Mrn
from .name import Name
from .ndc import Ndc
from .npi import Npi
from .pan import Pan
from .passport import Passport
from .phone import Phone
from .session_token import SessionToken
from .ssn import Ssn

RECOGNIZERS: tuple[Recognizer, ...] = (
    Email(),
    Phone(),
    Ssn(),
    Pan(),
    Dob(),
    Name(),
    Address(),
    Mrn(),
    MemberId(),
    Npi(),
    Dea(),
    Passport(),
    DriverLicense(),
    Icd10(),
    Ndc(),
    Condition(),
    Medication(),
    Ip(),
    SessionToken(),
    Jwt(),
    ApiKey(),
)
"""Every kind of patient data that we look for."""

__all__ = ["RECOGNIZERS", "Health", "Recognizer"]
