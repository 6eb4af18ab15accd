"""How a file is refused, without a database."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.apply.problems import FileRefused
from afterword.apply.reading import read_file

SHOP = """\
workspace: {name: Acme}
templates:
  - key: order
    metric: nps
    subject: How was it?
campaigns:
  - key: order
    name: After an order
    metric: nps
    template: order
    trigger: {events: [Order Completed]}
"""


def refusals(content: str | bytes, folder: Path) -> list[str]:
    """Return the problems of a file, without its folder."""
    path = folder / "shop.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        read_file(path).problems.refuse_if_any()
    except FileRefused as refused:
        return [each.replace(f"{folder}/", "") for each in refused.problems]
    return []


def test_a_good_file_has_no_problems(tmp_path: Path):
    assert refusals(SHOP, tmp_path) == []


@pytest.mark.parametrize(
    ("added", "refusal"),
    [
        (
            "    time_frame: {days: [mon], from: '17:00', to: '09:00'}",
            "shop.yaml:12: campaigns[0].time_frame.to: It ends after it begins: "
            "write from: 09:00 and to: 17:00, in quotes.",
        ),
        (
            "    channel: in-app",
            "shop.yaml:12: campaigns[0].channel: 'in-app' is not email, link or inapp.",
        ),
        (
            "    regular: {first_after: soon}",
            "shop.yaml:12: campaigns[0].regular.first_after: 'soon' is no number of days: "
            'write "3 days".',
        ),
        (
            "    sample_percentage: 5",
            "shop.yaml:12: campaigns[0].sample_percentage: There is no such field; "
            "did you mean sample_percent?",
        ),
        (
            "    sample_percent: 101",
            "shop.yaml:12: campaigns[0].sample_percent: '101' is not a number from 0 to 100.",
        ),
        (
            "    sample_percent: .nan",
            "shop.yaml:12: campaigns[0].sample_percent: '.nan' is not a number from 0 to 100.",
        ),
        (
            "    answer_target: {by: plan}",
            "shop.yaml:12: campaigns[0].answer_target.answers: This is needed.",
        ),
        (
            "    answer_target: {answers: 0}",
            "shop.yaml:12: campaigns[0].answer_target.answers: "
            "'0' is not a whole number from 1 to 100,000.",
        ),
        (
            "    delay: 2",
            "shop.yaml:12: campaigns[0].delay: '2' is no delay: "
            'write 0, "90 minutes" or "2 days".',
        ),
        (
            "    delay: 400 days",
            "shop.yaml:12: campaigns[0].delay: A delay is at most 365 days.",
        ),
        (
            "    throttle: 30",
            "shop.yaml:12: campaigns[0].throttle: "
            "Write fields and their values here, as {name: …}.",
        ),
        ("    throttle: {scope: all}", "shop.yaml:12: campaigns[0].throttle.days: This is needed."),
        (
            "    throttle: {days: 0}",
            "shop.yaml:12: campaigns[0].throttle.days: "
            "'0' is not a whole number from 1 to 3,650.",
        ),
        ("    metric: nps", "shop.yaml:12: campaigns[0].metric: This is already on line 9."),
        (
            "    active: maybe",
            "shop.yaml:12: campaigns[0].active: 'maybe' is not true or false.",
        ),
        (
            "    <<: {name: x}",
            "shop.yaml:12: campaigns[0]: << is not available: write the fields out.",
        ),
        (
            "  - {key: order, name: Again, metric: csat}",
            "shop.yaml:12: campaigns[1].key: 'order' is already used on line 7.",
        ),
        (
            "  - {key: a b, name: x, metric: joy}",
            "shop.yaml:12: campaigns[1].key: "
            "'a b' is no key: use letters, digits, - and _ alone.",
        ),
        (
            "  - {key: b, name: x, metric: joy}",
            "shop.yaml:12: campaigns[1].metric: 'joy' is not nps, csat, ces or 5-star.",
        ),
        ("  - order", "shop.yaml:12: campaigns[1].key: This is needed."),
        ("properties: {}", "shop.yaml:12: properties: "
         "Write a list here: each item on a line that begins with a dash."),
        ("properties: [{name: a}]", "shop.yaml:12: properties[0].type: "
         "This is needed: text, number, date, collection or boolean."),
        ("property: []", "shop.yaml:12: property: There is no such field; "
         "did you mean properties?"),
        ('tokens: [{name: "a\\0b", scope: read}]', "shop.yaml:12: tokens[0].name: "
         "This has characters that cannot be stored: take the control characters out."),
        ('tokens: [{name: "\\ud800", scope: read}]', "shop.yaml:12: tokens[0].name: "
         "This has characters that cannot be stored: take the control characters out."),
        (f"tokens: [{{name: {'x' * 101}, scope: read}}]", "shop.yaml:12: tokens[0].name: "
         "This is longer than 100 characters."),
        ('tokens: [{name: "a\\nb", scope: read}]', "shop.yaml:12: tokens[0].name: "
         "Write this on one line."),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_field_is_named_with_its_line(tmp_path: Path, added: str, refusal: str):
    assert refusal in refusals(f"{SHOP}{added}\n", tmp_path)


@pytest.mark.parametrize(
    ("added", "refusal"),
    [
        ("    languages: {cs: {subjekt: Ahoj}}",
         "templates[0].languages.cs.subjekt: There is no such field; did you mean subject?"),
        ("    languages: {Czech: {subject: Ahoj}}",
         "templates[0].languages: 'Czech' is no language"),
        ("    follow_up: {happy: Why}",
         "templates[0].follow_up: happy: There is no such category"),
        ("    questions: [{key: why, type: choice, text: Why, choices: [One]}]",
         "templates[0].questions: 0.choices: Give from 2 to 30 choices."),
        ("    thanks: {promoter: {text: Hi, buttons: [{label: Go, url: 'javascript:x'}]}}",
         "templates[0].thanks: promoter.buttons.0.url: Give an address that begins with https://"),
        ("    scores: faces", "templates[0].scores: Scores of NPS can be numbers alone."),
        ("    scores: hearts", "templates[0].scores: 'hearts' is not "),
        ("    color: '#fff000'", "templates[0].color: There is no such field; "
         "did you mean colour?"),
        ("    colour: red", "templates[0].colour: 'red' is no colour: "
         'write it as "#206bc4", in quotes.'),
        ("    intro: '{{ first_name'", "templates[0].intro: This text has a mistake on line 1"),
        ("    logo: missing.png", "templates[0].logo: missing.png cannot be read"),
        ("    logo: shop.yaml", "templates[0].logo: This is no PNG, JPEG, GIF or WebP picture."),
        ("    logo: ftp://a.test/a.png", "templates[0].logo: ftp://a.test/a.png is not an address"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_template_is_refused(tmp_path: Path, added: str, refusal: str):
    content = SHOP.replace("campaigns:\n", f"{added}\ncampaigns:\n")

    assert refusals(content, tmp_path)[0].startswith(f"shop.yaml:6: {refusal}")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("", "shop.yaml:1: The file is empty: begin with workspace: {name: Acme}."),
        ("- a\n", "shop.yaml:1: Write fields and their values here, as {name: …}."),
        ("a: {b: 1\n", "shop.yaml:2: This is not YAML: "),
        ("a: 1\nb: {text: Was it good?}\n", "shop.yaml:2: This is not YAML: while parsing a flow "
         "mapping expected ',' or '}', but got '?'. Within {…} or […], put a text with a ? in quo"),
        ("b: [Why ?]\n", "shop.yaml:1: This is not YAML: while parsing a flow sequence "
         "expected ',' or ']', but got '?'. Within {…} or […], put a text with a ? in quotes: "),
        ("a: 1\nb: *nowhere\n", "shop.yaml:2: This is not YAML: found undefined alias"),
        ("a: 1\n---\nb: 2\n", "shop.yaml:2: This is not YAML: expected a single document"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", "shop.yaml:2: This is not YAML: "
         "the tag tag:yaml.org,2002:python/object/apply:os.system has no meaning here"),
        ("[" * 100_000, "shop.yaml:1: This is not YAML: this is nested too deeply."),
        (b"a: \xff\n", "shop.yaml:1: This is not a text file in UTF-8: "),
        (b"a: \x00\n", "shop.yaml:1: This is not a text file in UTF-8: "),
        (b"a: " + b"x" * 1024 * 1024, "shop.yaml:1: This is not a text file in UTF-8: "
         "it is larger than 1 MB."),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path, content: str | bytes, refusal: str):
    assert refusals(content, tmp_path)[0].startswith(refusal)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(FileRefused, match=r"none\.yaml:1: The file cannot be read: No such file"):
        read_file(tmp_path / "none.yaml")


def test_all_problems_are_told_at_once_in_the_order_of_the_lines(tmp_path: Path):
    content = "campaigns:\n  - {}\n  - {metric: x}\ntokens: 5\n"

    found = refusals(content, tmp_path)

    assert [each.split(": ")[:2] for each in found] == [
        ["shop.yaml:1", "workspace"],
        ["shop.yaml:2", "campaigns[0].key"],
        ["shop.yaml:2", "campaigns[0].metric"],
        ["shop.yaml:2", "campaigns[0].name"],
        ["shop.yaml:3", "campaigns[1].key"],
        ["shop.yaml:3", "campaigns[1].metric"],
        ["shop.yaml:3", "campaigns[1].name"],
        ["shop.yaml:4", "tokens"],
    ]


def test_aliases_cannot_multiply(tmp_path: Path):
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for name, before in zip("bcdefghij", "abcdefghi", strict=True):
        bomb += f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    bomb += "workspace: {name: Acme}\ncampaigns: *j\ntokens: &t [*t]\n"

    found = refusals(bomb, tmp_path)

    assert "shop.yaml:11: campaigns[0].key: This is needed." not in found
    assert len(found) < 1000


def test_values_are_taken_as_they_are_written(tmp_path: Path):
    path = tmp_path / "shop.yaml"
    path.write_text(
        "workspace: {name: 007}\n"
        "campaigns:\n"
        "- &c\n"
        "  key: yes\n"
        "  name: 2026-01-01\n"
        "  metric: nps\n"
        "  audience: {filters: [{field: country, operator: =, value: NO}]}\n",
        encoding="utf-8-sig",
    )

    file = read_file(path)

    file.problems.refuse_if_any()
    [campaign] = file.campaigns
    assert (file.workspace.name, campaign.key) == ("007", "yes")
    assert campaign.columns["name"] == "2026-01-01"
    [found] = campaign.audience.each_filter()
    assert found.definition == {"field": "country", "operator": "=", "value": "NO"}


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    refusals(content, tmp_path_factory.getbasetemp())


LEAVES = st.sampled_from(["x", "5", "nps", "null", "[]", "{}", "2 days", "true", "''", "-1"])
NAMES = st.sampled_from(
    [
        "workspace",
        "name",
        "properties",
        "templates",
        "campaigns",
        "tokens",
        "key",
        "metric",
        "type",
        "logo",
        "subject",
        "trigger",
        "events",
        "audience",
        "filters",
        "field",
        "operator",
        "value",
        "delay",
        "throttle",
        "days",
        "scope",
        "active",
        "match",
        "sample_percent",
        "service",
    ]
)


@given(
    st.recursive(
        LEAVES,
        lambda inner: (
            st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
            | st.dictionaries(NAMES, inner, max_size=5).map(
                lambda pairs: "{" + ", ".join(f"{k}: {v}" for k, v in pairs.items()) + "}"
            )
        ),
        max_leaves=25,
    )
)
def test_any_structure_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: str):
    refusals(f"workspace: {content}\ncampaigns: {content}", tmp_path_factory.getbasetemp())
    refusals(content, tmp_path_factory.getbasetemp())


def test_a_limit_of_mails_is_said_to_be_a_persons(tmp_path: Path):
    [refused] = refusals("workspace: {name: Acme, max_mails_per_day: 50000}", tmp_path)

    assert "not a whole number from 1 to 1,000. It keeps one person from" in refused
