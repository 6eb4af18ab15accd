from datetime import timedelta

import pytest

from afterword.sending.reports.open_agents import HASTE, is_machine, machine_behind
from tests.factories import NOW

LONG_AGO = NOW - timedelta(hours=3)
MACHINES = [
    "Mozilla/5.0",
    "",
    "  ",
    "-",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Gmail-content-sampling",
    "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    "Mozilla/5.0 SeznamEmailProxy/2.0.174",
    "Barracuda Sentinel (EE)",
    "Mozilla/5.0 (compatible; proofpoint URL defense)",
    "Mimecast/1.0",
    "Microsoft Office Existence Discovery",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; BingPreview/1.0b)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0 Safari/537.36",
    "python-requests/2.32.3",
    "Go-http-client/2.0",
    "curl/8.9.1",
]
PEOPLE = [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Thunderbird/115.12.0",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17726; Pro)",
    "Mozilla/4.0 (compatible; ms-office; MSOffice rmj)",
    "Outlook-iOS/709.2226530.prod.iphone (3.24.1)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
    "Mozilla/5.0 (Linux; Android 14; CUBOT KINGKONG) AppleWebKit/537.36 Chrome/126.0 Mobile",
]


@pytest.mark.parametrize("agent", MACHINES)
def test_what_fetches_without_a_reader_is_a_machine(agent):
    assert is_machine(agent, LONG_AGO, NOW)


@pytest.mark.parametrize("agent", PEOPLE)
def test_mail_programs_and_browsers_are_people(agent):
    assert machine_behind(agent, LONG_AGO, NOW) == ""


def test_nobody_reads_within_seconds():
    assert is_machine(PEOPLE[0], NOW, NOW + HASTE / 2)
    assert not is_machine(PEOPLE[0], NOW, NOW + HASTE)


def test_a_mail_that_is_still_being_handed_over_is_read_by_nobody():
    assert is_machine(PEOPLE[0], None, NOW)
