"""Identifiers and codes whose kind is told by a code beside them."""

import pytest

from hemostat.phi import Scanner

SCANNER = Scanner()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"type":{"coding":[{"code":"MR"}]},"value":"447122"}', [("MRN", "447122")]),
        ('{"type":{"coding":[{"code":"SS"}]},"value":"900-12-3456"}', [("SSN", "900-12-3456")]),
        (r"{\"type\":{\"coding\":[{\"code\":\"MR\"}]},\"value\":\"447122\"}", [("MRN", "447122")]),
        ('<type><coding><code value="MB"/></coding></type><value value="XYZ123456789"/>', [("MEMBER_ID", "XYZ123456789")]),
        ('{"system":"http://hl7.org/fhir/sid/us-npi","value":"1234567893"}', [("NPI", "1234567893")]),
        ('{"value":"1234567893","system":"http://hl7.org/fhir/sid/us-npi"}', [("NPI", "1234567893")]),
        ('{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"J45.909"}', [("ICD10", "J45.909")]),
        ('<value xsi:type="CD" code="G40.909" codeSystem="2.16.840.1.113883.6.90"/>', [("ICD10", "G40.909")]),
        ('<id extension="900-12-3456" root="2.16.840.1.113883.4.1"/>', [("SSN", "900-12-3456")]),
        ('<patientRole><id extension="E4799569" root="2.16.840.1.113883.19.5"/>', [("MRN", "E4799569")]),
        ('{"code":"MR"},"identifier":[{"value":"447122"}]', []),
        ('{"coding":[{"code":"MRI"}]},"value":"447122"', []),
        ('"system":"http://hl7.org/fhir/sid/us-npi"', []),
        ('<patientRole classCode="PAT">', []),
    ],
)
def test_identifiers_are_found_by_their_kind(text: str, found: list[tuple[str, str]]) -> None:
    """The value that belongs to a type, a system or a role is what that says, before it or behind it, and no other is."""
    assert found == [(match.entity, text[match.start : match.end]) for match in SCANNER.scan(text)]
