import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.core.email_address import normalise
from afterword.suppressions.patterns import (
    PatternRefused,
    address_end,
    patterns_about,
    read_address,
    read_domain,
    read_pattern,
)


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        (" Ann@Example.COM ", "ann@example.com"),
        ("Example.com", "example.com"),
        ("@example.com", "example.com"),
        ("example.com.", "example.com"),
        ("*.Example.com", "*.example.com"),
        ("*.com", "*.com"),
        ("Bücher.example", "xn--bcher-kva.example"),
        ("*.xn--bcher-kva.example", "*.xn--bcher-kva.example"),
        ("ann@bücher.example", "ann@bücher.example"),
        ("ann@xn--bcher-kva.example", "ann@bücher.example"),
    ],
)
def test_each_has_one_spelling(written, pattern):
    assert read_pattern(written) == pattern
    assert read_pattern(pattern) == pattern


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("", "write it as example.com"),
        ("com", "write it as example.com"),
        ("*", "write it as example.com"),
        ("*.", "write it as example.com"),
        ("*.*.example.com", "write it as example.com"),
        ("ex*mple.com", "write it as example.com"),
        ("*example.com", "write it as example.com"),
        ("https://example.com", "write it as example.com"),
        ("example.com/path", "write it as example.com"),
        ("exa mple.com", "write it as example.com"),
        ("ann@", "write it as ann@example.com"),
        ("*@example.com", None),
        ("Ann <ann@example.com>", "without a name or brackets"),
        ("ann@example.com, bob@example.com", "without a name or brackets"),
        ("x" * 300, "…"),
        ("\x00.com", "not a domain"),
    ],
)
def test_what_is_neither_is_refused_with_how_to_mend_it(written, mended):
    if mended is None:  # an asterisk is a letter of a local part
        assert read_pattern(written) == written
        return
    with pytest.raises(PatternRefused, match=mended):
        read_pattern(written)


def test_an_address_is_no_domain_and_a_domain_no_address():
    with pytest.raises(PatternRefused):
        read_address("example.com")
    with pytest.raises(PatternRefused):
        read_domain("ann@example.com")


def test_an_address_falls_under_itself_its_domain_and_the_domains_above():
    assert patterns_about("ann@mail.shop.example.com") == [
        "ann@mail.shop.example.com",
        "mail.shop.example.com",
        "*.shop.example.com",
        "*.example.com",
        "*.com",
    ]
    assert patterns_about("ann@bücher.example")[1:] == ["xn--bcher-kva.example", "*.example"]


DOMAINS = st.sampled_from(["example.com", "a.example.com", "bücher.example", "shop.bücher.example"])


@given(DOMAINS, DOMAINS, st.booleans())
def test_the_end_of_addresses_and_the_patterns_about_them_agree(domain, listed, below):
    email = normalise(f"ann@{domain}")
    pattern = read_pattern(f"*.{listed}" if below else listed)

    assert email
    assert email.endswith(address_end(pattern)) == (pattern in patterns_about(email))


@given(st.text())
def test_reading_refuses_or_gives_what_reads_as_itself(written):
    try:
        pattern = read_pattern(written)
    except PatternRefused:
        return
    assert read_pattern(pattern) == pattern
    assert len(pattern) <= 254
