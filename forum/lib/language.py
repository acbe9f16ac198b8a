"""Words for people, through gettext: bound once, so that a page of many strings pays nothing."""

import gettext as gettext_library
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from markupsafe import Markup

from forum.lib.escaping import marked, shown

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


@lru_cache(maxsize=4096)
def _separated(count: int) -> str:
    return format_decimal(count, locale=LOCALE)


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
    return str(count) if -1000 < count < 1000 else _separated(count)


@lru_cache(maxsize=4096)
def _pattern(text: str) -> str:
    """Words for a template, ready to be filled with text.

    Raises:
        ValueError: a per cent sign is neither doubled nor before a name.
    """
    found = re.sub(r"%\((\w+)\)[sd]", r"%(\1)s", text)
    if "%" in re.sub(r"%\(\w+\)s|%%", "", found):
        raise ValueError(f"%(name)s, %(name)d and %% are understood: {text}")
    return found


def _filled(text: str, values: Mapping[str, object]) -> Markup:
    """A template's words with what they say of something, escaped."""
    return marked(_pattern(text) % {name: shown(value) for name, value in values.items()})


def words(text: str, /, **values: object) -> Markup:
    """Words for a template; ``%(name)s`` is one of `values`, ``%%`` a per cent sign."""
    return _filled(gettext(text), values)


def counted(one: str, many: str, count: int, /, **values: object) -> Markup:
    """The same for a count: `one` if there is one, and `many` otherwise."""
    return _filled(ngettext(one, many, count), {"num": count, **values})


def init_app(app: Flask) -> None:
    """Give templates ``_``, ``ngettext`` and the filters for dates and numbers."""
    app.jinja_env.globals |= {"_": words, "ngettext": counted}
    app.jinja_env.filters |= {
        "day": day,
        "long_day": long_day,
        "clock": clock,
        "day_and_hour": day_and_hour,
        "iso": lambda moment: moment.isoformat(),
        "number": number,
    }
