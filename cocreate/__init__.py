"""CoCreate: customers propose, everyone hears what became of it.

`create_app` is the one place that knows every part.
"""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from cocreate import addresses, config, database, health, logs, problems, reports, web
from cocreate.accounts import proofs, settings_views, sign_in_views
from cocreate.accounts import views as accounts_views
from cocreate.admin import (
    areas_views,
    brand_views,
    members_views,
    searches_views,
    styleguide_views,
)
from cocreate.admin import views as admin_views
from cocreate.backlog import views as backlog_views
from cocreate.discussion import views as discussion_views
from cocreate.exchange import claims_views
from cocreate.exchange import views as exchange_views
from cocreate.extensions import babel, csrf, db, limiter, login_manager, migrate
from cocreate.feeds import views as feeds_views
from cocreate.home import app_views, card_views, keys_views
from cocreate.home import views as home_views
from cocreate.ideas import editing_views, news_views
from cocreate.ideas import views as ideas_views
from cocreate.limits import FLOODS
from cocreate.moderation import views as moderation_views
from cocreate.notices import outbox_views, post
from cocreate.notices import views as notices_views
from cocreate.pictures import views as pictures_views
from cocreate.search import saved_views, similar_views
from cocreate.search import views as search_views
from cocreate.visitors import VisitorPages
from cocreate.votes import views as votes_views

_ROOT = Path(__file__).parent.parent


def create_app(settings: config.Settings | None = None) -> Flask:
    """The portal, ready to answer. Raises config.BadSettings when it cannot run like this."""
    settings = settings or config.read()
    settings.data.mkdir(parents=True, exist_ok=True)
    app = Flask("cocreate", template_folder=str(_ROOT / "templates"), static_folder=None)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings.database),
        SESSION_COOKIE_NAME="cocreate",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.address.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=90 * 24 * 3600,
        # The token lives as long as the session does; the session can be ended.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        BABEL_DEFAULT_LOCALE=settings.language,
        BABEL_TRANSLATION_DIRECTORIES=str(_ROOT / "cocreate" / "translations"),
        MAX_CONTENT_LENGTH=64 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        RATELIMIT_ENABLED=settings.limits,
        RATELIMIT_STORAGE_URI="memory://",
        RATELIMIT_DEFAULT=FLOODS["change"],
        RATELIMIT_DEFAULTS_EXEMPT_WHEN=web.is_safe,
    )
    if settings.keep_pages:
        app.wsgi_app = VisitorPages(app.wsgi_app, settings.keep_pages)  # type: ignore[method-assign]
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    logs.bind(app, settings)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(_ROOT / "migrations"))
    babel.init_app(app, locale_selector=web.language, timezone_selector=web.timezone)
    # Floods are counted before forms are checked, or a flood of bad forms is never seen.
    limiter.init_app(app)
    login_manager.init_app(app)
    csrf.init_app(app)
    proofs.bind(settings.secret_key)
    post.bind(settings)
    web.bind(app)
    addresses.bind(app)
    problems.bind(app)
    _register(app)
    return app


def _register(app: Flask) -> None:
    for views in (
        accounts_views,
        sign_in_views,
        settings_views,
        home_views,
        card_views,
        app_views,
        reports,
        keys_views,
        ideas_views,
        editing_views,
        news_views,
        votes_views,
        discussion_views,
        moderation_views,
        backlog_views,
        notices_views,
        outbox_views,
        pictures_views,
        search_views,
        similar_views,
        saved_views,
        exchange_views,
        claims_views,
        feeds_views,
        admin_views,
        areas_views,
        brand_views,
        members_views,
        searches_views,
        styleguide_views,
        health,
    ):
        app.register_blueprint(views.bp)
