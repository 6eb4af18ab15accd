"""Tells the opening of a mail by a person from the fetching of its pictures by a machine. Pure.

What fetches a picture says who it is, and this is all there is to go by:

- Apple's Mail Privacy Protection fetches the pictures of every mail, read or not, through relays
  that call themselves `Mozilla/5.0` and nothing more
  (support.apple.com/guide/iphone/use-mail-privacy-protection-iphf084865c7; the bare name is what
  SocketLabs, Groundhogg and others see and go by).
- Gmail fetches through its image proxy, `… (via ggpht.com GoogleImageProxy)`, mostly when somebody
  opens the mail, but it keeps and prefetches pictures too, the latter as an ancient
  `Edge/12.246 Mozilla/5.0` or as `Gmail-content-sampling` (gmass.co/blog/false-opens-in-gmail).
  Nobody can tell a person's share in it, so all of it counts as a machine's.
- Yahoo's and Seznam's proxies do likewise
  (help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html; the list of bots of matomo/device-detector).
- Gateways look at what a mail loads before they deliver it: Barracuda, Proofpoint, Mimecast,
  Microsoft's (`Microsoft Office Existence Discovery`, `BingPreview`), and programs with the name
  of their HTTP library.

A gateway that poses as a browser is given away by its haste: nobody reads within seconds.
"""

import re
from datetime import datetime, timedelta

# A mail has hardly arrived by then.
HASTE = timedelta(seconds=3)

_BARE = {"", "-", "mozilla/5.0", "mozilla/4.0", "mozilla", "mozilla/5.0 (compatible)"}
_PROXIES = re.compile(
    r"googleimageproxy|ggpht\.com|gmail-content-sampling|edge/12\.246 mozilla/5\.0"
    r"|yahoomailproxy|yahoocachesystem|seznamemailproxy|imageproxy|image-proxy|mailproxy",
    re.IGNORECASE,
)
_GATEWAYS = re.compile(
    r"barracuda|proofpoint|mimecast|ironport|fireeye|trendmicro|symantec|sophos|fortinet|fortimail"
    r"|messagelabs|forcepoint|zscaler|avanan|hornetsecurity|spamtitan|cloudmark|vadesecure"
    r"|trustwave|existence discovery|bingpreview|safelinks|skypeuripreview",
    re.IGNORECASE,
)
_PROGRAMS = re.compile(
    r"(?<!cu)bot(?:\b|_)|crawler|spider|slurp|preview|scanner|prefetch|headless|phantomjs"
    r"|^(?:curl|wget|python|java|go-http-client|okhttp|libwww|lwp|ruby|axios|node|undici|got|php"
    r"|guzzle|apache-httpclient|aiohttp|httpx|http_request|dart|rust|reqwest|faraday)\b",
    re.IGNORECASE,
)


def machine_behind(agent: str, sent_at: datetime | None, at: datetime) -> str:
    """Return why it was a machine that fetched a mail's picture at `at`; "" for a person.

    `sent_at` is when the mail server took the mail, None while it has not said so.
    """
    name = " ".join(agent.split())
    if sent_at is None or at - sent_at < HASTE:
        return "It was fetched within seconds of being sent."
    if name.lower() in _BARE:
        return "It was fetched by a program without a name, as Apple's mail privacy does."
    if _PROXIES.search(name):
        return "It was fetched by a mailbox provider's proxy."
    if _GATEWAYS.search(name):
        return "It was fetched by a mail scanner."
    if _PROGRAMS.search(name):
        return "It was fetched by a program."
    return ""


def is_machine(agent: str, sent_at: datetime | None, at: datetime) -> bool:
    return bool(machine_behind(agent, sent_at, at))
