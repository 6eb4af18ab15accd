"""Receives webhooks of Afterword in Python: checks each signature, and acts once on each.

pip install standardwebhooks
WEBHOOK_SECRET=whsec_... python receiver.py 8100
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["WEBHOOK_SECRET"])
seen: set[str] = set()  # in an application: a table whose key is the id


def act(told: dict[str, Any]) -> None:
    """Do what your application does with it."""
    print(told["event"], told["email"], told["score"], told["comment"], flush=True)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            # Of the body as it came: parsed and written again, it has another signature.
            told = webhook.verify(body, {name.lower(): text for name, text in self.headers.items()})
        except WebhookVerificationError:
            self.say(401)
            return
        if self.headers["webhook-id"] not in seen:  # it comes again if this answer is lost
            act(told)
            seen.add(self.headers["webhook-id"])
        self.say(204)

    def say(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
