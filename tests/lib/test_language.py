"""Dates and numbers in words."""

from datetime import UTC, datetime

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
