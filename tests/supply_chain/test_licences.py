"""What licences.py lets pass."""

import pytest

from supply_chain.licences import failures

RULES = {
    "allowed": {"MIT": "", "Apache-2.0": ""},
    "told": {"silent": "MIT"},
    "exceptions": {"linter": "GPL-3.0: only run"},
}
FINE = [
    {"name": "both", "version": "1", "licenses": [{"expression": "(MIT OR Apache-2.0) AND MIT"}]},
    {"name": "silent", "version": "1", "licenses": []},
    {"name": "linter", "version": "1", "licenses": [{"license": {"id": "GPL-3.0"}}]},
]


def said(*licences, name="other", rules=RULES):
    other = {"name": name, "version": "2", "licenses": list(licences)}
    return failures({"components": [*FINE, other]}, rules)


@pytest.mark.parametrize(
    "licence",
    [
        {"license": {"id": "MIT"}},
        {"license": {"name": "License :: OSI Approved :: MIT"}},
        {"expression": "MIT AND Apache-2.0"},
    ],
)
def test_an_allowed_licence_passes(licence):
    assert said(licence) == []


@pytest.mark.parametrize(
    ("licences", "shown"),
    [
        ([{"license": {"id": "AGPL-3.0"}}], "AGPL-3.0"),
        ([{"expression": "MIT AND AGPL-3.0"}], "AGPL-3.0"),
        ([{"expression": "MIT OR (Apache-2.0 AND AGPL-3.0)"}], "AGPL-3.0"),
        ([{"license": {"id": "MIT"}}, {"license": {"name": "my own"}}], "my own"),
        ([{"expression": "Apache-2.0 WITH some-exception"}], "Apache-2.0 WITH some-exception"),
        ([], "no licence named"),
    ],
)
def test_any_other_is_named_with_its_package(licences, shown):
    assert said(*licences) == [f"other 2: {shown}"]


def test_an_exception_is_for_its_own_package_alone():
    assert said({"license": {"id": "GPL-3.0"}}) == ["other 2: GPL-3.0"]


@pytest.mark.parametrize("part", ["allowed", "told", "exceptions"])
def test_a_rule_that_nothing_needs_is_named(part):
    rules = RULES | {part: RULES[part] | {"old": "MIT"}}
    assert said({"license": {"id": "MIT"}}, rules=rules) == [
        "licences.toml names old, which nothing needs"
    ]
