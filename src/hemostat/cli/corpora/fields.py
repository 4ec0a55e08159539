"""The fields of records: what systems call them, what fills them, and which stand together."""

from collections.abc import Mapping

from .filling import Field

KINDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "name": (("name",), (
        "name", "full_name", "fullName", "customer_name", "patient_name", "patientName", "cardholder", "shipping_name",
        "cc_owner", "billing_name", "recipient_name", "contactName", "ship_to_name", "accountHolder", "CustomerName",
        "nombre_completo",
    )),
    "first": (("name.first",), (
        "first_name", "firstname", "firstName", "given_name", "FirstName", "fname", "billing_first_name", "vorname", "FIRST_NAME",
        "prenom", "x_first_name", "patientFirstName",
    )),
    "last": (("name.last",), (
        "last_name", "lastname", "lastName", "family_name", "LastName", "lname", "billing_last_name", "nachname", "LAST_NAME",
        "surname", "x_last_name", "patientLastName",
    )),
    "email": (("email",), (
        "email", "customer_email", "emailAddress", "EMAIL", "user_email", "contact_email", "mail", "login", "recipient",
        "EmailAddress", "billing_email", "patientEmail", "e_mail", "receipt_email", "from_email", "customerEmail", "usr.email",
        "correo",
    )),
    "phone": (("phone", "phone", "phone.plain"), (
        "phone", "telephone", "mobile", "phone_number", "phoneNumber", "msisdn", "cell_phone", "contact_phone", "tel",
        "MobilePhone", "daytimePhone", "sms_to", "shipping_phone", "PHONE", "x_phone", "telefon", "callback_number",
        "customerPhone",
    )),
    "dob": (("dob", "dob.iso"), (
        "dob", "DOB", "birth_date", "birthDate", "date_of_birth", "DateOfBirth", "birthdate", "customer_dob", "patient_dob",
        "birthday", "geburtsdatum", "fecha_nacimiento", "born_on", "dateOfBirth", "BIRTH_DT", "patientDob",
    )),
    "street": (("street",), (
        "address1", "street", "address_line_1", "addressLine1", "street_address", "line1", "addr1", "billing_address_1",
        "shipStreet1", "strasse", "AddressLine1", "x_address", "STREET",
    )),
    "address": (("address",), (
        "address", "shipping_address", "billing_address", "full_address", "mailingAddress", "deliveryAddress", "home_address",
        "formatted_address", "ship_to", "patientAddress",
    )),
    "ssn": (("ssn", "ssn.any", "ssn.plain"), (
        "ssn", "SSN", "social_security_number", "socialSecurityNumber", "ssn_full", "patient_ssn", "customer_ssn",
        "SocialSecurityNum", "applicant_ssn", "SOC_SEC_NO",
    )),
    "mrn": (("mrn",), (
        "mrn", "MRN", "medical_record_number", "medicalRecordNumber", "patient_mrn", "chart_no", "chartNumber", "patient_number",
        "med_rec_no", "hospital_number", "epic_mrn", "PatientMRN", "mrn_number", "record_no_patient",
    )),
    "npi": (("npi",), (
        "npi", "NPI", "provider_npi", "prescriberNpi", "rendering_npi", "npi_number", "nationalProviderId", "NPINumber",
        "billing_npi", "PrescriberNPI", "ordering_provider_npi",
    )),
    "dea": (("dea",), ("dea", "dea_number", "deaNumber", "DEA_NO", "prescriber_dea", "DEANumber", "dea_registration")),
    "member": (("member",), (
        "member_id", "memberId", "subscriber_id", "subscriberId", "insurance_member_id", "plan_member_no", "policy_member_id",
        "cardholder_id", "CardholderID", "insured_id", "memberNumber", "MEMBER_NO", "health_plan_id",
    )),
    "mbi": (("mbi",), ("mbi", "medicare_id", "MedicareBeneficiaryId", "medicareNumber", "MBI", "beneficiary_id", "member_id")),
    "icd": (("icd",), (
        "icd10", "icd_10", "diagnosis_code", "diagnosisCode", "dx_code", "dx", "primary_dx", "icdCode", "DiagCode", "icd10cm",
        "PrincipalDiagnosis", "dx1",
    )),
    "ndc": (("ndc", "ndc", "ndc.plain"), (
        "ndc", "NDC", "ndc_code", "ndc11", "drug_ndc", "productNdc", "national_drug_code", "ndcNumber", "package_ndc",
        "ProductNDC",
    )),
    "pan": (("pan", "pan.plain"), (
        "card_number", "cardNumber", "cc_number", "ccnum", "pan", "PAN", "credit_card", "credit_card_number", "CardNo", "cc_num",
        "x_card_num", "ccNumber", "AccountNumber", "primaryAccountNumber", "kartennummer",
    )),
    "ip": (("ip",), (
        "ip", "client_ip", "remote_addr", "remoteAddress", "ip_address", "x_forwarded_for", "clientIp", "browser_ip", "source_ip",
        "RemoteIp", "network.client.ip", "remote_ip", "sourceIPAddress", "customer_ip",
    )),
    "jwt": (("jwt",), (
        "token", "id_token", "access_token", "jwt", "authToken", "bearer", "session_jwt", "idToken", "customerAccessToken",
    )),
    "session": (("session", "session.php", "session.java"), (
        "session_id", "sessionId", "PHPSESSID", "sid", "session_token", "sessionToken", "JSESSIONID", "sess_key", "auth_session",
        "SessionID", "x-session-token", "user_session",
    )),
    "key.shopify": (("key.shopify",), (
        "shopify_access_token", "X-Shopify-Access-Token", "access_token", "SHOPIFY_API_SECRET", "adminApiToken", "storeToken",
    )),
    "key.stripe": (("key.stripe",), (
        "stripe_key", "STRIPE_SECRET_KEY", "apiKey", "secret_key", "stripeSecret", "payment_api_key",
    )),
    "key.aws": (("key.aws",), ("aws_access_key_id", "AWS_ACCESS_KEY_ID", "accessKeyId", "AccessKey", "s3_key")),
    "key.aws_secret": (("key.aws_secret",), (
        "aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "secretAccessKey", "SecretAccessKey",
    )),
    "key.magento": (("key.magento",), (
        "magento_integration_token", "oauth_token_secret", "consumer_secret", "MAGENTO_ACCESS_TOKEN",
    )),
    "key.any": (("key.any",), (
        "api_key", "apikey", "apiKey", "X-Api-Key", "client_secret", "KLAVIYO_PRIVATE_KEY", "sendgrid_api_key", "API_SECRET",
        "private_key_token", "partner_api_key", "service_key",
    )),
    "passport": (("passport",), ("passport", "passport_number", "passportNo", "passport_no", "passportNumber", "PassportNum")),
    "license": (("license",), (
        "driver_license", "driverLicense", "drivers_license_number", "dl_number", "driverLicenseNumber", "dl_no", "DLNumber",
        "driving_licence_no", "drivers_license",
    )),
    "condition": (("condition",), (
        "condition", "diagnosis", "diagnosis_name", "health_condition", "primaryCondition", "medical_condition", "indication",
        "chief_complaint", "reported_condition", "DiagnosisDescription",
    )),
    "medication": (("medication",), (
        "medication", "drug_name", "medicationName", "prescribed_drug", "drugName", "medication_name", "current_medications",
        "DrugDescription", "rx_name", "med_name",
    )),
}  # fmt: skip
"""For each kind of field: the slots that fill it, and what systems call it."""

THEMES = (
    ("first", "last", "email", "phone", "street", "ip"),
    ("name", "email", "phone", "address"),
    ("name", "pan", "email", "address", "ip"),
    ("first", "last", "pan", "phone", "email"),
    ("email", "ip", "jwt"),
    ("email", "session", "ip"),
    ("key.shopify", "ip"),
    ("key.stripe", "key.any"),
    ("key.aws", "key.aws_secret"),
    ("key.magento", "email"),
    ("mrn", "name", "dob", "condition", "medication"),
    ("mrn", "first", "last", "dob", "phone", "icd"),
    ("member", "name", "dob", "npi", "icd"),
    ("mbi", "first", "last", "dob", "street"),
    ("medication", "ndc", "npi", "dea", "name"),
    ("ndc", "medication", "member", "dob"),
    ("passport", "name", "dob"),
    ("license", "first", "last", "address", "dob"),
    ("ssn", "name", "dob", "email"),
    ("ssn", "mrn", "address", "phone"),
    ("condition", "email", "phone"),
)
"""Kinds of fields that stand together in one record."""

NOISE_FIELDS = tuple(
    Field(*pair.split())
    for pair in (
        (
            "order_id order;increment_id order;entity_id id;customer_id id;cart_id hex32;quote_id id;sku "
            "sku;product_id gid;variant_id gid"
        ),
        (
            "barcode barcode;upc barcode;tracking_number tracking;trackingNo tracking;request_id uuid;x-request-id "
            "uuid;trace_id hex32"
        ),
        "span_id hex16;correlationId uuid;commit sha;release version;version version;app_version version;grand_total price",
        (
            "amount cents;total price;tax price;qty count;quantity count;items count;duration_ms ms;latency "
            "float;took ms;elapsed float"
        ),
        (
            "retries count;attempt count;status_code status;bytes bytes;created_at tsz;updated_at tss;timestamp "
            "unixms;ts unix;expires unix"
        ),
        (
            "scheduled_for iso;ship_date us;delivery_date day;invoice_date day;batch luhn;lot_number "
            "luhn;gift_card_ref luhn;imei imei"
        ),
        (
            "card_masked masked;cc_last4 last4;product_title brand;title brand;vendor company;brand company;host "
            "pod;hostname pod;node pod"
        ),
        (
            "webhook_id uuid;event_id ulid;job_id ulid;license_key plate;build sha;etag hex32;checksum sha;store_id "
            "count;website_id count"
        ),
        (
            "patient_count count;patients_total id;rule_id id;shipping_id gid;payer company;plan_code sku;batch_no "
            "control;sequence control"
        ),
        ("score float;cpu float;heap bytes;hmac mac;signature mac;period month;cutoff day;idempotency_key uuid;page_id gid"),
    )
    for pair in pair.split(";")
)
"""Fields that hold no value."""
