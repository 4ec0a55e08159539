"""Django's settings, read from the one frozen `Settings` of the home; importable without a home, for tests and tools."""

import secrets

from hemostat.kernel import Home, Settings

HOME = Home.from_environment()
HEMOSTAT = HOME.settings() if HOME.exists() else Settings()

SECRET_KEY = HOME.keyring(HEMOSTAT).secret("console").hex() if HOME.exists() else secrets.token_hex()
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", HEMOSTAT.console.host, *HEMOSTAT.console.hosts]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "hemostat.people",
    "hemostat.alerts",
    "hemostat.incidents",
    "hemostat.exercises",
    "hemostat.console",  # before allauth: our templates dress its pages
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "hemostat.console.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hemostat.console.middleware.full_redirects",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # a page is closed unless it says that it is open
    "hemostat.console.middleware.ErrorPages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hemostat.console.context.frame",
            ],
            "builtins": ["hemostat.console.templatetags.wording"],
        },
    }
]
ROOT_URLCONF = "hemostat.console.urls"
WSGI_APPLICATION = "hemostat.console.wsgi.application"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME.database,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # files come straight from the installed packages: nothing to collect before the first start
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

# --- who is let in ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_ADAPTER = "hemostat.console.accounts.ClosedDoor"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/300s/key", "reauthenticate": "10/m/user"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Hemostat"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
SILENCED_SYSTEM_CHECKS = [
    "security.W004",
    "security.W008",
    "security.W012",
    "security.W016",
]  # `security_headers` decides per request

# --- cookies and headers ------------------------------------------------------------------------------
# Secure cookies are set per request by `security_headers`: the console speaks plain HTTP on loopback and HTTPS behind a proxy.

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_NAME = "hemostat"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "hemostat.console.views.errors.stale_form"
SECURE_REFERRER_POLICY = "same-origin"  # not `no-referrer`: the origin of a form would become null
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 30_000_000  # bytes; evidence is uploaded by hand where a platform has no API
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
LOGGING_CONFIG = None  # `hemostat.kernel.log` decides what is written: words and ids
