"""Django's settings, computed from config; one file for the embedded server, production and tests."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import dj_database_url
from django.utils.translation import gettext_lazy as _

from jiangheng import config
from jiangheng.core.law import parameters

CONFIG = config.load()
HOME = CONFIG.home
HOME.mkdir(parents=True, exist_ok=True)
parameters.configure(CONFIG.rules)

PACKAGE = Path(__file__).parent


def _secret() -> str:
    """The installation's secret: made once, kept in the home folder, never in the repository."""
    import secrets

    path = HOME / "keys" / "django.secret"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        try:
            # link() fails if another process was first, so two starts never end with two secrets
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()


SECRET_KEY = _secret()
DEBUG = CONFIG.debug
ALLOWED_HOSTS = [*CONFIG.hosts, "testserver"] if CONFIG.debug else list(CONFIG.hosts)
ROOMS = (
    "offices", "standards", "roster", "institutions", "itembank", "batches", "exams", "practicals", "routes",
    "certificates",
)  # fmt: skip
INSTALLED_APPS = [
    "jiangheng.kernel",
    *(f"jiangheng.apps.{room}" for room in ROOMS),
    "jiangheng.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jiangheng.web.middleware.SecurityHeaders",
    "jiangheng.web.middleware.CurrentActor",
    "jiangheng.web.middleware.Errors",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "jiangheng.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "jiangheng.web.context.frame",
            ],
        },
    }
]

DATABASES = {
    "default": (
        dj_database_url.parse(CONFIG.database_url, conn_max_age=600)
        if CONFIG.database_url
        else {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "jiangheng.sqlite3",
            # the one port serves from a fixed pool of threads, each with a lasting connection
            "CONN_MAX_AGE": None,
            # a step takes the write lock when it begins, so two steps queue instead of failing half-way
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
            "TEST": {"NAME": None},
        }
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "offices.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    *(["jiangheng.kernel.passwords.PrintedPasswordHasher"] if CONFIG.demo else []),
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": parameters.parameter("password.min_length")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/home"
LOGOUT_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = parameters.parameter("login.max_failures")
AXES_COOLOFF_TIME = dt.timedelta(minutes=parameters.parameter("login.lock_minutes"))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "locked.html"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
SESSION_COOKIE_AGE = parameters.parameter("session.idle_minutes") * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.secure
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.secure else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "jiangheng.web.errors.csrf_failure"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["jiangheng.web.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
FONTS = PACKAGE / "web" / "fonts"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
SILENCED_SYSTEM_CHECKS = ["axes.W003"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"axes": {"level": "ERROR"}, "jiangheng": {"level": "INFO"}},
}
