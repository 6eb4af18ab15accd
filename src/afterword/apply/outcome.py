"""What applying a file did, or would do: a line for each thing, and below it what differs."""

from dataclasses import dataclass, field

from afterword.workspaces.models import Workspace


@dataclass(slots=True)
class Told:
    """`secret` is shown this once, and never by a plan; `details` are lines of their own."""

    text: str
    secret: str = ""
    details: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        return f"{self.text}: {self.secret}" if self.secret else self.text


@dataclass(slots=True)
class Outcome:
    """What became of each thing, in the order of the file; the secrets of new tokens by name."""

    workspace: Workspace
    things: dict[str, Told] = field(default_factory=dict)
    left_alone: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)

    def tell(self, thing: str, changed: list[str] | None, secret: str = "", note: str = "") -> None:
        """Note what became of a thing, such as "campaign orders"; None says that it is new."""
        if changed is None:
            text = f"created {thing}"
        elif changed:
            text = f"changed {thing}: {', '.join(dict.fromkeys(changed))}"
        else:
            text = f"unchanged {thing}"
        self.things[thing] = Told(text + note, secret)

    @property
    def lines(self) -> list[str]:
        return [told.line for told in self.things.values()]

    @property
    def is_changed(self) -> bool:
        return any(not told.text.startswith("unchanged ") for told in self.things.values())

    def listed(self, *, with_secrets: bool) -> list[str]:
        """Return everything that there is to tell, line by line."""
        found = []
        for told in self.things.values():
            found.append(told.line if with_secrets else told.text)
            found += [f"  {detail}" for detail in told.details]
        return [*found, *(f"left alone {each}: it is not in the file" for each in self.left_alone)]
