"""The fields of the records that systems exchange: what those call them, what fills them, and which stand together."""

from collections.abc import Mapping
from random import Random

from .filling import Field

_KINDS: Mapping[str, tuple[str, str]] = {
    "name": ("p.name p.name p.any p.comma", (
        "displayName recipient_name attentionName buyer consignee cardholderName account_name member_name PatientFullName "
        "customer.name bill_to_name beneficiary enrollee authorName shipToContact SUBSCRIBER_NM legal_name profile_name"
    )),
    "first": ("p.first", (
        "givenName first fn name_first FIRST_NM forename user_first_name contact_first PatFirstName traits_firstName"
    )),
    "last": ("p.last", "familyName last sn name_last LAST_NM user_last_name contact_last PatLastName traits_lastName apellido"),
    "email": ("p.email", (
        "email_address primaryEmail buyerEmail contactEmail $email user.email notify_to recipientEmail userPrincipalName "
        "EMAIL_ADDR reply_to traits.email shopper_email loginId unverified_email member_email cust_email to_address"
    )),
    "phone": ("p.phone p.e164 p.e164 p.digits", (
        "phone_number mobilePhone primary_phone sms_number contactPhone PHONE_NBR shipToPhone homePhone caller_id wa_id "
        "e164 cellphone phoneMobile evening_phone from_number billing_telephone telephoneNumber emergency_contact_phone"
    )),
    "dob": ("p.dob p.born p.born p.bday", (
        "birthDate date_of_birth dob DOB patientDOB birth_dt member_dob BIRTH_DATE dateOfBirth subscriber_dob BRTH_DT "
        "profile_birthday person_dob date_naissance bday"
    )),
    "street": ("p.street", (
        "address_1 street1 line1 AddressLine1 streetLine1 street_line_1 ADDR_LN_1 shipTo.addressLine address1 "
        "thoroughfare billing_street mailing_street delivery_line_1"
    )),
    "address": ("p.address", (
        "shipping_address formattedAddress mailing_address full_addr ship_to_address home_address deliverTo adresse "
        "postalAddress verified_address pickup_address"
    )),
    "ssn": ("ssn ssn ssn.any ssn.plain", (
        "ssn SSN social_security socialSecurityNumber tax_id_ssn patient_ssn SSN_NBR guarantor_ssn taxpayer_ssn "
        "ssn_unmasked"
    )),
    "mrn": ("mrn mrn.plain", (
        "mrn MRN patient_mrn medical_record_no MRN_NBR chart_number medicalRecordNum source_mrn ehr_mrn fac_mrn "
        "PatientMRN"
    )),
    "npi": ("npi", "npi provider_npi prescriber_npi rendering_npi NPI_NBR referring_npi attendingNPI pharmacy_npi npiNumber"),
    "dea": ("dea", "dea_number prescriber_dea DEA DEA_NBR dea_no providerDea"),
    "member": ("member member.plain", (
        "member_id subscriber_id memberID SUBSCR_ID insurance_id policy_number_member plan_member_id insuredId "
        "cardholder_id payer_member_id health_plan_member"
    )),
    "mbi": ("mbi", "mbi MBI medicare_number medicare_beneficiary_id mbi_number hic_mbi"),
    "icd": ("code code.plain", "icd10_code dx_code diagnosis_codes primary_diagnosis_code DX1 ICD_10_CM diagCode icd_code"),
    "ndc": ("ndc ndc.plain", "ndc ndc_11 NDC_CD product_ndc dispensed_ndc drug_ndc_code ndcCode"),
    "pan": ("pan pan.plain pan.plain", (
        "card_number cc_number PAN primary_account_number cardNo ccNumber acct_card_number card_num payment.card.number "
        "creditCardNo"
    )),
    "ip": ("ip", (
        "ip client_ip ipAddress remote_addr context.ip net.peer.ip client.address source.ip user_ip originating_ip "
        "forwarded_for"
    )),
    "jwt": ("jwt", "id_token access_token authorization_token idToken jwt assertion bearer_token sso_token"),
    "session": ("session session.php", (
        "session_id session_token sid sessionKey auth_session connect_sid PHPSESSID refresh_session"
    )),
    "key.shopify": ("key.shopify", "shopify_token X-Shopify-Access-Token admin_access_token SHOPIFY_PASSWORD shop_token"),
    "key.stripe": ("key.stripe", "stripe_secret_key STRIPE_API_KEY stripe.api_key payments_secret"),
    "key.aws": ("key.aws", "aws_access_key_id AWS_ACCESS_KEY_ID access_key s3_access_key_id"),
    "key.aws_secret": ("key.aws_secret", "aws_secret_access_key AWS_SECRET_ACCESS_KEY secret_access_key"),
    "key.magento": ("key.magento", "magento_access_token MAGENTO_CONSUMER_SECRET oauth_access_token_secret magento_admin_token"),
    "key.any": ("key.any", (
        "api_key x-api-key client_secret KLAVIYO_API_KEY apiSecret sendgrid_key private_api_key ATTENTIVE_API_KEY"
    )),
    "passport": ("passport", "passport_number passportNo travel_doc_passport PASSPORT_NBR passport_id"),
    "license": ("license", (
        "drivers_license dl_number driver_license_no DL_NBR driverLicenceNumber dlNumber license_number_driver"
    )),
    "condition": ("ill", (
        "condition diagnosis conditionName health_concern reason_for_visit primary_condition DX_DESC diagnosis_text "
        "treatment_for quiz_condition"
    )),
    "medication": ("drug", (
        "medication drug_name rx_drug medication_name MED_NM prescribedDrug current_rx drugDescription treatment_name "
        "medicationDisplay"
    )),
}  # fmt: skip
_THEMES = (
    "first last email phone street ip", "name email phone address", "name email pan street", "first last pan email ip",
    "email ip jwt", "email session ip", "key.shopify email", "key.stripe key.any", "key.aws key.aws_secret", "key.magento ip",
    "mrn name dob condition medication", "mrn first last dob phone icd", "member name dob npi icd", "mbi first last dob street",
    "medication ndc npi dea name", "member ndc medication dob", "passport name dob", "license first last address dob",
    "ssn name dob address", "ssn mrn phone", "condition email phone", "email condition medication", "email dob phone",
    "npi name dea phone", "member phone email", "icd ndc mrn", "passport license name", "dea npi medication", "jwt session",
)  # fmt: skip
_NOISE: Mapping[str, str] = {
    "order": "order_number checkout_ref po_number", "uuid": "messageId anonymousId traceId deliveryId correlation_id event_uuid",
    "id": "id version_no warehouse_id rank position customer_ref", "gid": "legacyResourceId product_gid fulfillment_ref",
    "sku": "sku variant_sku item_no itemCode", "tracking": "tracking_no carrierTrackingNumber waybill",
    "unix": "ts iat nbf updated_unix", "unixms": "ts_ms receivedAtMs emittedAt", "tsz": "created updatedAt occurred_at sentAt",
    "iso": "ship_on order_date renews_on", "price": "subtotal amount_due MRR ltv", "cents": "amount_cents unit_amount",
    "count": "items attempts partition seats", "ms": "duration_ms latency took", "float": "score lag ratio",
    "sha": "git_sha digest checksum fingerprint", "hex32": "etag md5 trace_id hashed_key", "hex16": "span_id parent_span",
    "version": "sdk_version appVersion build schema_version", "barcode": "gtin upc ean",
    "luhn": "batch_no lot serial_no asset_tag", "brand": "item_title product_name campaign_item",
    "company": "vendor carrier_account org legal_entity", "status": "status http_status", "masked": "card_mask display_number",
    "last4": "last_four suffix", "pod": "host instance node", "ulid": "idempotency_ref job",
    "plate": "licenseKey activation_code", "imei": "imei device_serial", "us": "cutoff invoice_dt", "mac": "hmac signature",
    "ymd": "partition_date as_of", "isbn": "isbn", "lookalike": "hub_city color font cluster_name site_label",
    "month": "cohort billing_month", "bytes": "size content_length",
}  # fmt: skip


def fields(chance: Random, *, holding: bool) -> list[Field]:
    """Two to six fields that hold no value, and among them, where the record is to hold some, those of one theme in its order."""
    drawn = [Field(chance.choice(_NOISE[slot].split()), slot) for slot in chance.sample([*_NOISE], chance.randrange(2, 7))]
    if holding:
        theme = chance.choice(_THEMES).split()
        kept = set(chance.sample(theme, chance.randrange(1, len(theme) + 1)))
        place = chance.randrange(len(drawn))
        drawn[place:place] = [_field(kind, chance) for kind in theme if kind in kept]
    return list({field.key: field for field in drawn}.values())


def _field(kind: str, chance: Random) -> Field:
    slots, names = _KINDS[kind]
    return Field(chance.choice(names.split()), chance.choice(slots.split()))
