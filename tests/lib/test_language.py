"""Dates and numbers in words."""

from datetime import UTC, datetime

import pytest
from markupsafe import Markup

from forum.lib import language


def test_a_day_is_written_out():
    assert language.day(datetime(2026, 11, 23, 23, 59, tzinfo=UTC)) == "23 November 2026"


def test_numbers_have_separators():
    numbers = [0, 999, -999, 1000, 1204, -1204, 33_890, 20_000_000]
    assert [language.number(n) for n in numbers] == [
        *("0", "999", "-999", "1,000", "1,204", "-1,204", "33,890", "20,000,000")
    ]


def test_templates_speak(app):
    template = app.jinja_env.from_string(
        "{{ _('%(n)d%% of %(name)s', n=5, name='<b>') }}"
        " {{ ngettext('%(num)d vote', '%(num)d votes', 2) }} {{ 1204|number }} {{ at|day }}"
        " {{ at|iso }} {{ _('100%%') }} {{ _('<br>') }}"
    )
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    assert template.render(at=at) == (
        "5% of &lt;b&gt; 2 votes 1,204 2 January 2026 2026-01-02T03:04:00+00:00 100% <br>"
    )


def test_what_words_say_of_something_is_escaped_and_markup_is_not():
    said = language.words("by %(name)s in %(film)s", name="<i>", film=Markup("<b>Anora</b>"))
    assert said == "by &lt;i&gt; in <b>Anora</b>"


def test_words_count_what_they_are_told_to():
    said = [language.counted("%(num)d vote", "%(num)d votes", n) for n in (0, 1, 2)]
    assert said == ["0 votes", "1 vote", "2 votes"]
    assert language.counted("%(all)s vote", "%(all)s votes", 1204, all="1,204") == "1,204 votes"


@pytest.mark.parametrize("text", ["%(share).1f", "100%", "%s of %s"])
def test_words_that_would_be_shown_raw_are_an_error(text):
    with pytest.raises(ValueError, match="understood"):
        language.words(text, share=1)
