"""One recognizer a file: shapes, a judge, words of context."""

from .api_key import ApiKey
from .base import Recognizer
from .dob import Dob
from .email import Email
from .icd10 import Icd10
from .jwt import Jwt
from .mrn import Mrn
from .name import Name
from .npi import Npi
from .pan import Pan
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
    Mrn(),
    Npi(),
    Icd10(),
    SessionToken(),
    Jwt(),
    ApiKey(),
)
"""Every kind of patient data that we look for."""

__all__ = ["RECOGNIZERS", "Recognizer"]
