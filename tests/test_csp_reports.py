"""What browsers refused to load: noted in the log as all else is, and not without end."""

import json

from tests.visitors import Visitor


def test_a_report_is_a_line_of_the_log(app, guest, capsys):
    assert guest.client.post("/csp-report", data=b'{"blocked": "\xff"}' * 500).status_code == 204
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["event"] == "csp report"
    assert line["report"].startswith('{"blocked": "\ufffd"}')
    assert len(line["report"]) == 2000
    assert line["request_id"]


def test_reports_of_one_address_come_to_an_end(app, capsys):
    talker, other = Visitor(app), Visitor(app)
    talker.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    other.client.environ_base["REMOTE_ADDR"] = "198.51.100.8"
    statuses = [talker.client.post("/csp-report", data=b"x").status_code for _ in range(22)]
    assert statuses == [204] * 20 + [429] * 2
    assert other.client.post("/csp-report", data=b"x").status_code == 204
    assert capsys.readouterr().out.count("csp report") == 21
