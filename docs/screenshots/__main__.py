"""Take the pictures in the documentation anew: `make screenshots`.

`python -m docs.screenshots members reply` takes two of them.
"""

import re
import sys

from docs.screenshots.pictures import take_all
from docs.screenshots.shop import BOUNCES, Shop
from tests.browser.chromium import chromium
from tests.http_script import Answer, scripted_http
from tests.running_afterword import Owner, running_afterword


def main() -> None:
    with (
        running_afterword(
            "screenshots",
            AFTERWORD_BOUNCE_ADDRESS=BOUNCES,
            AFTERWORD_EGRESS_ALLOW="127.0.0.1/32",  # where the webhook's receiver is
        ) as afterword,
        scripted_http(Answer(503), Answer(204)) as crm,
        chromium() as browser,
    ):
        found = re.search(r"password\s+(\S+)", afterword.greeting)
        assert found, "the first start prints a password"
        shop = Shop(afterword, f"{crm.url}/afterword")
        shop.live()
        take_all(browser, shop, Owner("owner@example.com", found[1]), set(sys.argv[1:]))


if __name__ == "__main__":
    main()
