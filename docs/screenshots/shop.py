"""What happens in the shop before pictures are taken: orders, answers, a reply, a ticket."""

import random
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx

from tests.running_afterword import RunningAfterword, Workspace, eventually

FILE = Path(__file__).parent / "shop.yaml"
LOGO = Path(__file__).parents[2] / "src/afterword/demo_workspace/logo.png"
NAMES = ["Ann", "Ben", "Chloe", "David", "Emma", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kim"]
COMMENTS = {
    "promoter": ["It came a day early.", "Lovely packaging, thank you!", "As good as last time."],
    "passive": ["Good, but the tracking link came late.", ""],
    "detractor": ["The box was damaged.", "I waited two weeks."],
}
SCORES = [10] * 9 + [9] * 10 + [8] * 5 + [7] * 3 + [6, 5, 3]
ORDERS = len(SCORES) + 12
BOUNCES = "replies@ask.demo-store.example"
# What a service of tickets tells, in its own shape.
TICKET = {"ticket": {"id": 4711, "requester": {"email": "noor@example.com", "name": "Noor"}}}


class Shop:
    """The demo's workspace after some days: its keys, and the addresses of its campaigns."""

    def __init__(self, afterword: RunningAfterword, crm: str) -> None:
        self.afterword = afterword
        self.workspace = Workspace(afterword, "Demo")
        self._apply(crm)
        rows = self.workspace.ask("campaigns")["campaigns"]
        self.campaigns = {row["name"]: row["id"] for row in rows}

    def _apply(self, crm: str) -> None:
        folder = self.afterword.data.parent / "shop"
        folder.mkdir()
        (folder / "logo.png").write_bytes(LOGO.read_bytes())
        file = folder / "shop.yaml"
        file.write_text(FILE.read_text().replace("$CRM", crm))
        said = self.afterword.run("apply", str(file))
        self.hooks = re.findall(r"https?://\S+/hooks/\S+", said)

    def live(self) -> None:
        """Orders are asked about and answered; one customer replies, one ticket is closed."""
        self._order()
        mails = self._mails(lambda mail: "order" in mail["subject"], ORDERS)
        self._answer(mails)
        self._reply(mails[-1])
        httpx.post(self.hooks[0], json=TICKET).raise_for_status()

    def _order(self) -> None:
        for number in range(ORDERS):
            name = NAMES[number % len(NAMES)]
            self.track(
                "Order Completed",
                str(number),
                email=f"{name.lower()}.{number}@example.com",
                firstName=name,
                order_total=20 + number,
            )

    def track(self, event: str, user: str, **properties: object) -> None:
        call = {"type": "track", "event": event, "userId": user, "properties": properties}
        self.workspace.send(call).raise_for_status()

    def _mails(self, wanted: Callable[[dict[str, Any]], bool], count: int) -> list[dict[str, Any]]:
        def came() -> list[dict[str, Any]]:
            found = self.afterword.http.get("/mailbox.json?limit=200").json()
            kept = [mail for mail in found if wanted(mail)]
            return kept if len(kept) == count else []

        return eventually(came, 60)

    def _answer(self, mails: list[dict[str, Any]]) -> None:
        chance = random.Random(4)
        for mail, score in zip(mails, chance.sample(SCORES, len(SCORES)), strict=False):
            found = re.search(r'href="([^"]+/s/[^"?]+)\?', mail["html"])
            assert found
            bucket = "promoter" if score > 8 else "passive" if score > 6 else "detractor"
            visit = re.search(
                r'name="visit" value="([^"]+)"', httpx.get(f"{found[1]}?score={score}").text
            )
            assert visit
            comment = chance.choice(COMMENTS[bucket])
            form = {"score": str(score), "visit": visit[1], "comment": comment}
            httpx.post(found[1], data=form, follow_redirects=True).raise_for_status()

    def _reply(self, mail: dict[str, Any]) -> None:
        """A customer replies to their mail, as its server pipes it in."""
        reply = EmailMessage()
        reply["From"], reply["To"] = mail["to"], mail["headers"]["Reply-To"]
        reply["Subject"] = f"Re: {mail['subject']}"
        reply["Message-ID"] = "<reply-1@example.com>"
        reply.set_content("9: quick, and well packed\n\nSent from my phone\n")
        self.afterword.run("bounce", given=reply.as_string())
