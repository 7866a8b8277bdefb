"""
Settings, all from environment variables (`.env.example` lists them).

Read in this order, the first that knows a value wins: the environment, `.env`, `var/env` (written by `make demo`).
Importing this module never fails for a missing value: `portal/checks.py` says what is missing and how to mend it.

Contents: paths and environment, security, applications, database, cache and broker, celery, files, language and time,
look, logs.
"""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

# Paths and environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR_DIR = Path(env.str("VAR_DIR", default="") or BASE_DIR / "var").absolute()  # make may hand an empty one on
for env_file in (BASE_DIR / ".env", VAR_DIR / "env"):
    if env_file.is_file():
        env.read_env(env_file)  # never overrides what is set already

DEBUG = env.bool("DEBUG", default=False)
# The address that AutoInvoice reaches webhooks under, without a final slash.
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")

# Security

SECRET_KEY = env.str("SECRET_KEY", default="") or "missing-see-system-check-portal-E001"
# Fernet keys of the encrypted fields; the first encrypts, all decrypt.
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
# Key of the digests by which personal business ids are found.
DIGEST_KEY = env.str("DIGEST_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Off only where the portal is served on loopback without TLS (demo, tests).
BEHIND_TLS = env.bool("BEHIND_TLS", default=True)
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "portal_session", "portal_csrf"
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # our own pages show previews of invoices in frames
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Alpine, which Unfold is built on, evaluates its attributes.
        "script-src": [SELF, NONCE, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Applications

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "portal.apps.PortalConfig",
    "portal.partners",
    "portal.atlas",
    "portal.operations",
    "portal.webhooks",
    "portal.sync",
    "portal.alerts",
    "portal.keeping",
    "portal.counters",
    "companies",
    "invoices",
    "receivables",
    "portal.apps.PortalAdminConfig",  # last: admin modules are imported when all kinds and pages are registered
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
APPEND_SLASH = True
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]
CRISPY_TEMPLATE_PACK = "unfold_crispy"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["unfold_crispy"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Database

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # IMMEDIATE takes the write lock when a transaction begins, so that two writers wait instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=27103364;",
    }
    # An in-memory test database locks as soon as a second thread writes.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # after a restart of the server the pool holds dead connections
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=10)}}

# Cache and broker

REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        # redis-py names sockets unix://, Celery names them redis+socket://
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://").replace("virtual_host=", "db="),
        "KEY_PREFIX": "portal",
    }
}

# Celery: messages carry no ids and may be lost or doubled; the database knows what is due.

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT, CELERY_TASK_SOFT_TIME_LIMIT = 300, 240
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# Files

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "files")))
# A bucket that speaks S3 in place of the folder: FILE_STORAGE=s3, with the package's extra "s3" installed.
S3_OPTIONS = {
    "bucket_name": env.str("S3_BUCKET", default=""),
    "location": env.str("S3_PREFIX", default=""),
    "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
    "region_name": env.str("S3_REGION", default="") or None,
    "access_key": env.str("S3_ACCESS_KEY", default="") or None,
    "secret_key": env.str("S3_SECRET_KEY", default="") or None,
    "default_acl": None,
    "file_overwrite": True,  # names are digests: the same name is the same bytes
    "max_memory_size": 2**20,  # bytes of a file that are kept in memory while it is read
}
FILE_STORAGE = env.str("FILE_STORAGE", default="django.core.files.storage.FileSystemStorage")
STORAGES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": S3_OPTIONS}
        if FILE_STORAGE == "s3"
        else {"BACKEND": FILE_STORAGE}
    ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATICFILES_DIRS = [BASE_DIR / "portal" / "static"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

# Handing received invoices over to customers' systems: a folder, and hosts that may be called ("*.customer.example").

HANDOVER_DIR = Path(env.str("HANDOVER_DIR", default=str(VAR_DIR / "handover")))
OUTBOUND_HOSTS = env.list("OUTBOUND_HOSTS", default=[])
OUTBOUND_PRIVATE = env.bool("OUTBOUND_PRIVATE", default=False)  # http and private addresses too: demo and tests only

# Language and time: stored in UTC, shown in TIME_ZONE until a viewer's own zone is known

LANGUAGE_CODE = "en"
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Helsinki")
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = ["portal.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]

# Mail: reminders to signers, and alerts. Without EMAIL_URL none is sent, and whoever asks for one is told so

EMAIL_URL = env.str("EMAIL_URL", default="")
EMAIL_READY = bool(EMAIL_URL)
vars().update(env.email_url_config(EMAIL_URL or "dummymail://"))
EMAIL_TIMEOUT = 20  # seconds for each answer of the mail server
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="")

# What the rooms may be told

WEBHOOK_MAX_BYTES = env.int("WEBHOOK_MAX_BYTES", default=2**20)
CALL_DEADLINE = env.float("CALL_DEADLINE", default=30.0)  # seconds, over a whole call to AutoInvoice
RESOLVE_GRACE = env.float("RESOLVE_GRACE", default=60.0)  # seconds before "not there" counts; above CALL_DEADLINE

# Look

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Partner portal"),
    "SITE_HEADER": _("Partner portal"),
    "SITE_SUBHEADER": "AutoInvoice",
    "SITE_SYMBOL": "receipt_long",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("portal/favicon.svg")},
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "ENVIRONMENT": "portal.look.environment",
    "STYLES": [lambda request: static("portal/portal.css")],
    "SCRIPTS": [lambda request: static("portal/portal.js")],
    "COMMAND": {"search_models": False, "search_callback": "portal.palette.search"},
    "SIDEBAR": {"show_search": True, "command_search": True},  # its links: PortalSite
    "COLORS": {
        "primary": {
            "50": "#eff5ff",
            "100": "#dbe8fe",
            "200": "#bfd7fe",
            "300": "#93bbfd",
            "400": "#6098fa",
            "500": "#3b76f6",
            "600": "#2457e6",
            "700": "#1d47cd",
            "800": "#1e3ba6",
            "900": "#1e3683",
            "950": "#172350",
        }
    },
}

# Logs

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    # Monitoring asks every few seconds and is answered 503 while something starts: that is an answer, no error.
    "filters": {
        "health": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: "/health/ready" not in record.getMessage(),
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["health"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
