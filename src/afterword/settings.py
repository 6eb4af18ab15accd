"""Django's settings, made from Afterword's own (see `configuration.py`)."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from afterword.configuration import configuration
from afterword.running.logs import logging_settings

CONFIGURATION = configuration()

SECRET_KEY = CONFIGURATION.secret_key
DEBUG = False
SLACK_API = "https://slack.com/api"
BASE_URL = CONFIGURATION.url.rstrip("/")

_url = urlsplit(BASE_URL)
# Pages alone: `/v1/*` takes events whatever name it is called by.
ALLOWED_HOSTS = CONFIGURATION.hosts
CSRF_TRUSTED_ORIGINS = [f"{_url.scheme}://{_url.netloc}"]

INSTALLED_APPS = [
    "afterword.web.apps.WebConfig",
    "afterword.workspaces.apps.WorkspacesConfig",
    "afterword.long_work.apps.LongWorkConfig",
    "afterword.happenings.apps.HappeningsConfig",
    "afterword.customers.apps.CustomersConfig",
    "afterword.customers.importing.apps.ImportingConfig",
    "afterword.suppressions.apps.SuppressionsConfig",
    "afterword.survey_templates.apps.SurveyTemplatesConfig",
    "afterword.campaigns.apps.CampaignsConfig",
    "afterword.events.apps.EventsConfig",
    "afterword.hooks.apps.HooksConfig",
    "afterword.decisions.apps.DecisionsConfig",
    "afterword.surveys.apps.SurveysConfig",
    "afterword.mail.apps.MailConfig",
    "afterword.sending.apps.SendingConfig",
    "afterword.feedback.apps.FeedbackConfig",
    "afterword.followups.apps.FollowupsConfig",
    "afterword.insights.apps.InsightsConfig",
    "afterword.privacy.apps.PrivacyConfig",
    "afterword.profiles.apps.ProfilesConfig",
    "afterword.apply.apps.ApplyConfig",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "afterword.web.callers.by_own_name",
    "afterword.web.callers.behind_proxies",
    "afterword.web.static_files.static_files",
    "afterword.web.privacy.kept_by_nobody",
    "afterword.web.addresses.give_or_take_a_slash",
    "afterword.web.compression.Compression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "afterword.web.leads_on.leads_on",
]

ROOT_URLCONF = "afterword.urls"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "afterword.web.context.shell",
            ],
        },
    },
]

# Requests that are answered asynchronously keep no connection from one to the next. In seconds.
_POOL = {"min_size": 0, "max_size": 16, "max_idle": 30, "timeout": 5}
# Whoever reads happenings waits for all that began to write before: one that hangs is ended.
_BOUNDED = "-c idle_in_transaction_session_timeout=60s"
_database = conninfo_to_dict(CONFIGURATION.database_url or "")
_database["options"] = f"{_database.get('options') or ''} {_BOUNDED}".strip()
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.pop("dbname", "afterword"),
        "USER": _database.pop("user", ""),
        "PASSWORD": _database.pop("password", ""),
        "HOST": _database.pop("host", ""),
        "PORT": _database.pop("port", ""),
        "OPTIONS": {**_database, "pool": _POOL},
        "CONN_HEALTH_CHECKS": True,
    }
}

AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "afterword.workspaces.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"reset_password_from_key": "afterword.workspaces.account_forms.PasswordByLink"}
# Who is not known here gets no mail from us, whoever types the address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
# Wrong passwords count by account and address together: see the adapter. The limit by address
# alone only keeps a flood of sign-ins from taking all of the processor.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "5/5m/key"}
# So many counters that nobody flushes their own with those of others.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _url.scheme == "https"
CSRF_FAILURE_VIEW = "afterword.web.unsaved.token_failed"
SESSION_COOKIE_AGE = 14 * 24 * 3600

SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "https:", "http:"],
        "style-src": [SELF, NONCE],
        "script-src": [SELF, NONCE],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = logging_settings()

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Third parties' files have their version in their address, so they may be kept for good.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/vendor/[^/]+-[\d.]+/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# All mail goes through `sending`; whoever tries another way is told so.
EMAIL_BACKEND = "afterword.core.no_email.NoEmail"
DEFAULT_FROM_EMAIL = f"afterword@{_url.hostname}"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_IMPORT_PATHS = ["afterword.jobs", "afterword.schedule"]

# Of a form's texts, or of a body for the API: 5 MiB. Events never get here.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

PACKAGE = Path(__file__).parent
SILENCED_SYSTEM_CHECKS: list[str] = []
