"""Words for people, through gettext: bound once, so that a page of many strings pays nothing."""

import gettext as gettext_library
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context

LOCALE = "en_GB"

_translations = gettext_library.NullTranslations()
gettext = _translations.gettext
ngettext = _translations.ngettext


@lru_cache(maxsize=4096)
def _long_date(day: date) -> str:
    return format_date(day, format="long", locale=LOCALE)


@lru_cache(maxsize=4096)
def _short_date(day: date) -> str:
    return format_date(day, format="d MMM", locale=LOCALE)


def day(moment: datetime) -> str:
    """`moment` as a date in words, UTC: "23 November 2026". Nearer times are the browser's work."""
    return _long_date(moment.date())


def long_day(moment: date) -> str:
    """A date with its weekday: "Monday 23 November 2026"."""
    return format_date(moment, format="EEEE d MMMM y", locale=LOCALE)


def clock(moment: datetime) -> str:
    """The hour of `moment`, UTC: "15:41"."""
    return moment.strftime("%H:%M")


def day_and_hour(moment: datetime) -> str:
    """`moment` in short, UTC, which it says: "23 Nov, 15:41 UTC"."""
    return f"{_short_date(moment.date())}, {clock(moment)} UTC"


def number(count: int) -> str:
    """`count` with the locale's separators: "1,204"."""
    return str(count) if -1000 < count < 1000 else format_decimal(count, locale=LOCALE)


def _once_where_plain(said: Any) -> Callable[..., Any]:
    """`said`, which puts values into a template's words; it is asked once only for those that take
    none, of which a page has hundreds."""
    kept: dict[str, Any] = {}

    @pass_context
    def words(context: Context, text: str, /, **values: object) -> Any:
        if values:
            return said(context, text, **values)
        if text not in kept:
            kept[text] = said(context, text)
        return kept[text]

    return words


def init_app(app: Flask) -> None:
    """Give templates ``_``, ``ngettext`` and the filters for dates and numbers."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    app.jinja_env.globals["_"] = _once_where_plain(app.jinja_env.globals["gettext"])
    app.jinja_env.filters |= {
        "day": day,
        "long_day": long_day,
        "clock": clock,
        "day_and_hour": day_and_hour,
        "iso": lambda moment: moment.isoformat(),
        "number": number,
    }
