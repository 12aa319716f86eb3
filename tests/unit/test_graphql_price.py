"""What a query costs in the sandbox: GitHub's own example, and the forms in which a query asks the same."""

import pytest

from sandbox.graphql_price import Price, price_of

# The example in GitHub's documentation, with the numbers that it gives.
EXAMPLE = """{ viewer { login repositories(first: 100) { nodes { id
  issues(first: 50) { nodes { id labels(first: 60) { nodes { name } } } } } } } }"""

REPOSITORY = 'repository(owner: "octo-org", name: "lamp")'


def test_a_query_costs_what_githubs_example_costs() -> None:
    assert price_of(EXAMPLE, {}) == Price(51, 100 + 100 * 50 + 100 * 50 * 60)


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ %s { issues(first: 20) { totalCount } } }", {}),
        ("{ %s { issues(last: 20) { totalCount } } }", {}),
        ("{ %s { ...shown } } fragment shown on Repository { issues(first: 20) { totalCount } }", {}),
        ("{ %s { ... on Repository { issues(first: 20) { totalCount } } } }", {}),
        ("query($many: Int) { %s { issues(first: $many) { totalCount } } }", {"many": 20}),
        ("query($many: Int = 20) { %s { issues(first: $many) { totalCount } } }", {}),
    ],
)
def test_the_form_of_a_query_does_not_change_its_price(query: str, variables: dict[str, int]) -> None:
    assert price_of(query % REPOSITORY, variables) == Price(1, 20)


def test_each_alias_is_paid_for() -> None:
    seen = "fragment seen on Repository { refs(first: 5) { totalCount } issues(first: 100) { totalCount } }"
    aliases = " ".join(f"r{number}: {REPOSITORY} {{ ...seen }}" for number in range(100))
    assert price_of(f"{{ {aliases} }} {seen}", {}) == Price(2, 100 * 105)


@pytest.mark.parametrize(
    "query",
    ["{", "{ a { ...b } } fragment b on A { ...b c(first: 3) { d } }", "{ a { ...none } }"],
)
def test_a_query_that_is_wrong_has_a_price(query: str) -> None:
    assert price_of(query, {}).points == 1
