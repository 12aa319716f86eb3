"""What is removed from a line and, just as important, what stays in it.

The secrets here are made up, and put together in a way that no scanner of secrets takes them for real ones.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ci_failure_tracker.text.markdown import log_block, plain
from ci_failure_tracker.text.redaction import redacted, redacted_lines
from ci_failure_tracker.text.redaction.kinds import KINDS, MASK, SecretKind
from ci_failure_tracker.text.redaction.values import secret_values

SECRET = "hunter2"
ANY = "Fake0" * 8
DASHES = "-" * 5

EMBEDDED = st.sampled_from([kind for kind in KINDS if kind.name != "end of a private key"])
SPACED = st.text(max_size=40).map(lambda text: " ".join(text.split()))
WORDS = st.lists(
    st.sampled_from(["a", "failed", "password", "token:", "=", "the", '"', "'", "--", "://", "3", "é", "\x1b[31m"])
)


def name(kind: SecretKind) -> str:
    return kind.name


# --- the table -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_the_example_of_a_kind_is_masked_and_the_rest_of_the_line_stays(kind: SecretKind) -> None:
    before, secret, after = kind.example
    assert redacted(before + secret + after) == before + MASK + after


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_a_kind_alone_finds_its_example(kind: SecretKind) -> None:
    assert re.search(kind.pattern, "".join(kind.example), re.ASCII)


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_hints_are_in_lower_case_and_the_example_holds_one(kind: SecretKind) -> None:
    assert [hint.lower() for hint in kind.hints] == list(kind.hints)
    assert any(hint in "".join(kind.example).lower() for hint in kind.hints)


# --- secrets by their look -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "secret",
    [
        *(f"gh{kind}_{ANY[:36]}" for kind in "pousr"),
        f"ghs_123456_eyJ{ANY}.eyJ{ANY}.{ANY}",
        f"glrt-t1_{ANY[:20]}",
        f"glpat-{ANY[:20]}.01.{ANY[:9]}",
        f"xoxe.xoxp-1-{ANY}",
        f"xapp-1-A0-1-{ANY}",
        "ASIA" + "FAKE" * 4,
        f"1//0{ANY}",
        f"GOCSPX-{ANY[:28]}",
        f"rk_live_{ANY[:24]}",
        f"sk_test_{ANY[:24]}",
        f"whsec_{ANY[:32]}",
        f"sk-{ANY}T3BlbkFJ{ANY[:20]}",
        f"sk-proj-{ANY}-_{ANY}",
        f"abc8Q~{ANY[:34]}",
        f"sntryu_{ANY}",
        f"eyJ{ANY}",
    ],
)
@pytest.mark.parametrize("around", ["{}", "'{}'", "x={}", "[31m{}[0m", "a\\n{}\\nb", "q%3D{}", "({}),", "key: {}."])
def test_what_looks_like_a_secret_is_masked_wherever_it_stands(secret: str, around: str) -> None:
    shown = redacted(around.format(secret))
    assert ANY[:9] not in shown
    assert MASK in shown


@pytest.mark.parametrize(
    "line",
    [
        "fetched 3f2a9c1b7d8e4f5a6b7c8d9e0f1a2b3c4d5e6f70",
        "Digest: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "--hash=sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        'integrity "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="',
        "run 6f1ed002-ab54-4f4c-a6b5-1a2b3c4d5e6f was cancelled",
        "task-force-of-something-very-long-indeed-abcdefghij",
        ".sk-toggleable__label-arrow",
        "KeyJobRunnerConfigurationProvider is missing",
        "monkeyJobRunnerConfigurationProvider",
        "highs_and_lows_of_a_long_name_in_python",
        "npm_config_registry_of_a_long_name",
        "hf_hub_download_of_a_long_name",
        "github_pat_is_missing",
        "The GITHUB_TOKEN starts with ghs_",
    ],
)
def test_what_only_reminds_of_a_secret_stays(line: str) -> None:
    assert redacted(line) == line


# --- secrets by their name -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("password=hunter2", "password=***"),
        ("password: hunter2", "password: ***"),
        ("PASSWD: hunter2", "PASSWD: ***"),
        ("Enter passphrase: hunter2", "Enter passphrase: ***"),
        ("your password is: hunter2", "your password is: ***"),
        ("password: 123456", "password: ***"),
        ('{"password":123456}', '{"password":***}'),
        ('{"password":"hunter2","user":"bob"}', '{"password":"***","user":"bob"}'),
        ("{'password': 'hunter2', 'user': 'bob'}", "{'password': '***', 'user': 'bob'}"),
        (r"{\"password\":\"hunter2\",\"user\":\"bob\"}", r"{\"password\":\"***\",\"user\":\"bob\"}"),
        (r'password="hun\"ter2" x', 'password="***" x'),
        ('password="hunter2', 'password="***'),
        ('password="correct horse battery staple" x', 'password="***" x'),
        ("password=p@ss;w0rd&x", "password=***"),
        ("password=hunter2, user=bob", "password=***, user=bob"),
        ("password: hunter2, user: bob", "password: ***, user: bob"),
        ("password: hunter user: bob", "password: *** user: bob"),
        ("connect(password=hunter2)", "connect(password=***)"),
        ("connect(password='hunter2')", "connect(password='***')"),
        ("wrong password=hunter2: denied.", "wrong password=***: denied."),
        ("map[password:hunter2 user:bob]", "map[password:*** user:bob]"),
        (':password => "hunter2"', ':password => "***"'),
        ("PASSWORD := hunter2", "PASSWORD := ***"),
        ("PASSWORD ?= hunter2", "PASSWORD ?= ***"),
        ("password%3Dhunter2", "password%3D***"),
        ("os.environ['PASSWORD'] = 'hunter2'", "os.environ['PASSWORD'] = '***'"),
        ('{"name": "DB_PASSWORD", "value": "hunter2"}', '{"name": "DB_PASSWORD", "value": "***"}'),
        ("-Dspring.datasource.password=hunter2", "-Dspring.datasource.password=***"),
        ("PGPASSWORD=hunter2 psql", "PGPASSWORD=*** psql"),
        ("MYSQL_ROOT_PASSWORD: hunter2", "MYSQL_ROOT_PASSWORD: ***"),
        ("DB_PASS=hunter2", "DB_PASS=***"),
        ("dbPass: hunter2", "dbPass: ***"),
        ("a[31mpassword=hunter2", "a[31mpassword=***"),
        ('secret_key = "hunter2"', 'secret_key = "***"'),
        ("secret_key_base: hunter2", "secret_key_base: ***"),
        ("api-key: hunter2", "api-key: ***"),
        ("x-api-key: hunter2", "x-api-key: ***"),
        ("apiKey=hunter2", "apiKey=***"),
        ("RAILS_MASTER_KEY=hunter2", "RAILS_MASTER_KEY=***"),
        ("APP_KEY=base64:hunter2=", "APP_KEY=***"),
        ("client_secret=hunter2&grant_type=x", "client_secret=***&grant_type=x"),
        ("//npm.example.com/:_authToken=hunter2", "//npm.example.com/:_authToken=***"),
        ("//npm.example.com/:_auth=aHVudGVyMg==", "//npm.example.com/:_auth=***"),
        ('"auth": "aHVudGVyMg=="', '"auth": "***"'),
        ("GITHUB_TOKEN=hunter2", "GITHUB_TOKEN=***"),
        ("token: s3cr3t-value-9", "token: ***"),
        ("CODECOV_TOKEN: 6f1ed002-ab54-4f4c-a6b5-1a2b3c4d5e6f", "CODECOV_TOKEN: ***"),
        ("SENTRY_AUTH_TOKEN=hunter2", "SENTRY_AUTH_TOKEN=***"),
        ("TOKEN=abcdefghij", "TOKEN=***"),
        ("AWS_SECRET_ACCESS_KEY=hunter2", "AWS_SECRET_ACCESS_KEY=***"),
        ("aws_secret_access_key = hunter2/a+b", "aws_secret_access_key = ***"),
        ("SecretAccessKey: hunter2", "SecretAccessKey: ***"),
        ("Server=x;Uid=sa;Pwd=hunter2;Database=y", "Server=x;Uid=sa;Pwd=***;Database=y"),
        ("AccountName=x;AccountKey=hunter2==;EndpointSuffix=y", "AccountName=x;AccountKey=***;EndpointSuffix=y"),
        ("Endpoint=sb://x/;SharedAccessKey=hunter2=", "Endpoint=sb://x/;SharedAccessKey=***"),
        ("PASSWORD= API_KEY=hunter2", "PASSWORD= ***"),
        ("password= token: hunter2x", "password= token: ***"),
        ("password= api_key: hunter2", "password= api_key: ***"),
        ("twice password=hunter2 and password=hunter2", "twice password=*** and password=***"),
        ("password=***hunter2", "password=***"),
        ('System.setProperty("X_TOKEN", "hunter2");', 'System.setProperty("X_TOKEN", "***");'),
        ('os.Setenv("DB_PASSWORD", "hunter2")', 'os.Setenv("DB_PASSWORD", "***")'),
        ('headers.set("X-Api-Key", "hunter2")', 'headers.set("X-Api-Key", "***")'),
        ("define('DB_PASSWORD', 'hunter2');", "define('DB_PASSWORD', '***');"),
        ('var xToken string = "hunter2"', 'var xToken string = "***"'),
        ('const token: string = "hunter2";', 'const token: string = "***";'),
        ('let token: &str = "hunter2";', 'let token: &str = "***";'),
        ('password: str = "hunter"', 'password: str = "***"'),
        ('$token .= "hunter2"', '$token .= "***"'),
        ('<add key="DbPassword" value="hunter2">', '<add key="DbPassword" value="***">'),
        ("<property name='password' value='hunter2'/>", "<property name='password' value='***'/>"),
        ('if (password != "hunter2")', 'if (password != "***")'),
        ("apiToken === 'hunter2'", "apiToken === '***'"),
        ('if ($token -eq "hunter2")', 'if ($token -eq "***")'),
        ('token <- "hunter2"', 'token <- "***"'),
        ('password = "the quick brown fox" x', 'password = "***" x'),
        ("passphrase: 'my dog is on the roof'", "passphrase: '***'"),
    ],
)
def test_a_value_with_the_name_of_a_secret_is_masked(line: str, shown: str) -> None:
    assert redacted(line) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("--password hunter2 --user bob", "--password *** --user bob"),
        ("--password=hunter2", "--password=***"),
        ("--db-password 'hunter2' x", "--db-password '***' x"),
        ('["--token", "hunter2", "-v"]', '["--token", "***", "-v"]'),
        ("--api-key hunter2", "--api-key ***"),
        ("mysql -uroot -phunter2 db", "mysql -uroot -p*** db"),
        ("mysqldump -h db -u root -phunter2 db", "mysqldump -h db -u root -p*** db"),
        ("curl -sS -H 'a: b' -u 'bob:hunter2' https://x", "curl -sS -H 'a: b' -u 'bob:***' https://x"),
        ("sshpass -p hunter2 ssh x", "sshpass -p *** ssh x"),
        ("docker login -u x -p=hunter2", "docker login -u x -p=***"),
        ("curl --user bob:hunter2 https://x", "curl --user bob:*** https://x"),
        ("Authorization: hunter2", "Authorization: ***"),
        ("Authorization: Bearer hunter2", "Authorization: Bearer ***"),
        ("authorization: token hunter2", "authorization: token ***"),
        ("{'Authorization': 'Bearer hunter2'}", "{'Authorization': 'Bearer ***'}"),
        ("Proxy-Authorization: Basic aHVudGVyMg==", "Proxy-Authorization: Basic ***"),
        ("Cookie: a=b; session=hunter2", "Cookie: ***"),
        ("set-cookie: session=hunter2; Path=/", "set-cookie: session=***; Path=/"),
        ("--cookie session=hunter2 x", "--cookie *** x"),
        ("https://bob:hunter2@host/x", "https://bob:***@host/x"),
        ("https://bob:p@hunter2@host/x", "https://bob:***@host/x"),
        ("postgres://u:hunter2@h:5432/db", "postgres://u:***@h:5432/db"),
        ("redis://:hunter2@h:6379", "redis://:***@h:6379"),
        ("mongodb://u:hunter2@h1:27017,h2:27017/db", "mongodb://u:***@h1:27017,h2:27017/db"),
        ("?X-Amz-Credential=hunter2&x=y", "?X-Amz-Credential=***&x=y"),
        ("X-Amz-Security-Token: hunter2", "X-Amz-Security-Token: ***"),
        ("?X-Goog-Signature=hunter2", "?X-Goog-Signature=***"),
        ("&amp;sig=hunter2&x", "&amp;sig=***&x"),
        ("?Signature=hunter2&Expires=1", "?Signature=***&Expires=1"),
        ("?access_token=hunter2", "?access_token=***"),
        ("sqlcmd -S db -U sa -P hunter2 -Q 'select 1'", "sqlcmd -S db -U sa -P *** -Q 'select 1'"),
        ("Step 3/9 : ENV API_TOKEN hunter2", "Step 3/9 : ENV API_TOKEN ***"),
        ("openssl rsa -passin pass:hunter2 -in key.pem", "openssl rsa -passin pass:*** -in key.pem"),
        ('--passphrase "my dog is on the roof" x', '--passphrase "***" x'),
        ("<apiKey>hunter2</apiKey>", "<apiKey>***</apiKey>"),
    ],
)
def test_what_stands_where_secrets_stand_is_masked(line: str, shown: str) -> None:
    assert redacted(line) == shown


@pytest.mark.parametrize(
    "line",
    [
        # masked, empty, or filled in elsewhere
        "password:",
        "password: ''",
        "password: ***",
        "password=***",
        "https://bob:***@host/",
        "AUTHORIZATION: basic ***",
        "Set-Cookie: session=***; Path=/",
        "password: [REDACTED]",
        "password: <password>",
        "password: xxxxxxxx",
        "password: ${{ secrets.DB_PASSWORD }}",
        "token: ${GITHUB_TOKEN}",
        "-e PASSWORD=$DB_PASSWORD",
        "https://x-access-token:${TOKEN}@github.com/o/r",
        "password=%(password)s",
        "password: {0}",
        "authorization: 'bearer [HIDDEN]'",
        # words about secrets
        "invalid password",
        "Error: invalid password: too short",
        "password: must be at least 8 characters",
        "password: is required",
        '"password": "Password is too short"',
        '"password": "required"',
        '"password": ["This field is required."]',
        "Error: password: authentication failed",
        "ValueError: secret key: expected 32 bytes, got 16",
        "error: API key: not provided",
        "Error: Input required and not supplied: token",
        "Error: missing required secret API_KEY",
        "No such secret: foo",
        "Error: secret: db-credentials-1 not found",
        "ERROR: credentials: not found",
        "Access denied for user 'root'@'localhost' (using password: YES)",
        "fe_sendauth: no password supplied",
        'FATAL:  password authentication failed for user "postgres"',
        "Permission denied (publickey,password).",
        "remote: Invalid username or token. Password authentication is not supported for Git operations.",
        "Authorization: failed",
        "error: Authorization: Bearer token is missing",
        "Bearer authentication is not supported by this long-winded-server",
        'WWW-Authenticate: Bearer realm="https://auth.example.com/token",service="registry.example.com"',
        "error: the --token option is required",
        "usage: twine upload --password PASSWORD --token TOKEN",
        "usage: deploy --api-key YOUR_API_KEY",
        "error: unexpected argument '--token' found",
        "Error: password: hashing crashed",
        "unable to load private key",
        f"Could not read {DASHES}BEGIN PRIVATE KEY{DASHES} in file key.pem",
        f"bad end: expected {DASHES}END PRIVATE KEY{DASHES}",
        "npm error code E401",
        "npm ERR! 404 Not Found - GET https://npm.example.com/@scope%2fpkg - Not found",
        "Cookie: not set",
        # tokens of a parser, of a language model, and counts
        "SyntaxError: Unexpected token }",
        "SyntaxError: Unexpected token 'export'",
        "SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
        "SyntaxError: Unexpected token = in JSON at position 4",
        "SyntaxError: Unexpected token: keyword (const)",
        "error[E0425]: cannot find value `token` in this scope",
        "expected token: `)`",
        "eos_token=</s>",
        "cls_token='[CLS]'",
        "tokens: 5",
        "max_tokens=4096",
        "most_for_one_token=16384000",
        "parse error at token=IDENTIFIER",
        "token: 5",
        "token_type: bearer",
        "pass=12 fail=3",
        "times to ask for a password: 5",
        '<a accesskey="S">',
        "PASS: 12 FAIL: 3",
        # code, types, tests, paths, permissions
        "    def login(user: str, password: str) -> None:",
        "    password: string;",
        "    apiKey: string | undefined;",
        "    token = get_token(user)",
        "    password=self.password,",
        "    this.password = password;",
        '    token = os.environ["TOKEN"]',
        "    token = row2[column];",
        "    const MAPS_API_KEY = environment.mapsKey;",
        "    const token = process.env.GITHUB_TOKEN;",
        '    let token = String::from("abc");',
        '>       assert token == "abc"',
        "KeyError: 'SECRET_KEY'",
        "tests/test_token.py::test_password_is_required FAILED",
        "FAILED tests/test_login.py::test_password_is_required[token=None] - assert 401 == 200",
        "--- PASS: TestLogin2FA (0.00s)",
        "--- FAIL: TestToken2 (0.00s)",
        "src/token.ts:12:5 - error TS2345: Argument of type 'string'",
        "config/secret:12: bad",
        "image: org/auth-token:1.2.3-alpine3",
        "private key: /etc/ssl/key.pem not readable",
        "password_file=/run/secrets/db",
        "PWD=/home/runner/work/repo",
        "PWD=/cache1/repo",
        "bypass=rule12345",
        "id-token: write",
        "secrets: inherit",
        "cache key: Linux-node-3f2a9c1b7d8e4f5a6b7c8d9e0f1a2b3c",
        'if (password == "correct")',
        '>       assert token != "abc"',
        "assert token == expected_token_2",
        'set("key", "value1234")',
        'self.assertEqual("password", "hunter2")',
        "ENV TOKEN is missing",
        "#!/usr/bin/env password_reset.sh",
        '<input type="password" value="">',
        # what looks like an option with a secret, or an address with a password
        "docker run --name mysql -p 3306:3306 mysql:8",
        "mkdir -p /var/lib/mysql",
        "docker build --secret id=npmrc,src=.npmrc .",
        "curl -u 1000:1000 https://x",
        "https://github.com:443/o/r",
        "http://registry:5000/@scope/pkg",
        "http://localhost:3000?email=a@example.com",
        "http://a:80,http://b@c/",
        "ssh://git@github.com:22/o/r.git",
        "signature: v1:3f2a9c1b7d8e4f5a",
        "cookie domain=example.com does not match",
    ],
)
def test_what_says_why_it_failed_stays(line: str) -> None:
    assert redacted(line) == line


# --- private keys --------------------------------------------------------------------------------


def key(label: str, *, lines: int = 3, prefix: str = "") -> list[str]:
    body = ["MIIEfake" + "Fake0/ab" * 7] * lines + ["Fak+0A=="]
    return [prefix + line for line in (f"{DASHES}BEGIN {label}{DASHES}", *body, f"{DASHES}END {label}{DASHES}")]


@pytest.mark.parametrize(
    "label",
    [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ],
)
@pytest.mark.parametrize("prefix", ["", "    ", "2026-03-01T00:00:01.0000000Z ", "app_1  | "])
def test_the_inside_of_a_private_key_is_masked_and_what_is_around_it_stays(label: str, prefix: str) -> None:
    lines = ["before", *key(label, prefix=prefix), "after"]
    shown = redacted_lines(lines)
    assert shown == ("before", lines[1], *[f"{prefix}{MASK}"] * 4, lines[6], "after")


def test_a_private_key_without_its_end_is_masked_as_long_as_it_lasts() -> None:
    lines = [*key("RSA PRIVATE KEY")[:-2], "Error: bad key", "FAILED", "ModuleNotFoundError"]
    assert redacted_lines(lines) == (lines[0], *[MASK] * 3, "Error: bad key", "FAILED", "ModuleNotFoundError")


@pytest.mark.parametrize("message", ["Error: bad key", "FAILED", "ModuleNotFoundError"])
def test_a_message_ends_a_private_key_that_was_cut_off(message: str) -> None:
    begin, body, *_ = key("RSA PRIVATE KEY")
    lines = [begin, body, message, "Fake0/ab" * 3]
    assert redacted_lines(lines) == (begin, MASK, message, "Fake0/ab" * 3)


def test_a_private_key_without_its_beginning_is_masked() -> None:
    lines = ["Error: bad key", "FAILED", *key("RSA PRIVATE KEY")[1:]]
    assert redacted_lines(lines) == ("Error: bad key", "FAILED", *[MASK] * 4, lines[-1])


def test_the_middle_of_a_private_key_is_masked() -> None:
    assert redacted_lines(["x", *key("PRIVATE KEY")[2:4], "y"]) == ("x", MASK, MASK, "y")


def test_an_encrypted_private_key_keeps_its_headers() -> None:
    begin, *rest = key("RSA PRIVATE KEY")
    headers = ["Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,00", ""]
    for lines in ([begin, *headers, *rest], [begin, *headers, "Fake0/ab" * 5]):
        assert redacted_lines(lines)[:5] == (begin, *headers, MASK)


def test_a_message_within_a_private_key_stays() -> None:
    begin, *rest = key("RSA PRIVATE KEY")
    assert redacted_lines([begin, "Error: the disk is full", *rest])[1] == "Error: the disk is full"


def test_the_checksum_of_a_pgp_key_is_masked() -> None:
    *lines, end = key("PGP PRIVATE KEY BLOCK")
    assert redacted_lines([*lines, "=Fak0", end])[5] == MASK
    assert redacted_lines([*lines[1:], "=Fak0", end])[:5] == (MASK,) * 5


def test_a_putty_key_is_masked() -> None:
    lines = ("Private-Lines: 1", "Fake0/ab" * 5, "Private-MAC: 00")
    assert redacted_lines(lines) == (lines[0], MASK, lines[2])


def test_one_line_of_base64_is_no_private_key() -> None:
    assert redacted_lines(["x", "Fake0/ab" * 8, "y"]) == ("x", "Fake0/ab" * 8, "y")


def test_digests_and_rulers_are_no_private_key() -> None:
    lines = ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"] * 3 + ["="] * 2 + ["-" * 64] * 2
    assert redacted_lines(lines) == tuple(lines)


def test_two_private_keys_in_a_row_are_masked() -> None:
    lines = [*key("PRIVATE KEY"), *key("EC PRIVATE KEY")]
    assert redacted_lines(lines).count(MASK) == 8


# --- values on a line of their own ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["password", "db.password", "apiToken", "ns:secretKey"])
def test_the_value_between_the_tags_of_an_element_is_masked(name: str) -> None:
    lines = ("<server>", f"  <{name}>", "    hunter2 & more", f"  </{name}>", "</server>")
    assert redacted_lines(lines) == (*lines[:2], f"    {MASK}", *lines[3:])


@pytest.mark.parametrize("value", ["${env.PASSWORD}", "***", "{{ password }}", "<b>x</b>", ""])
def test_a_value_that_is_filled_in_elsewhere_stays_between_tags(value: str) -> None:
    lines = ("<password>", value, "</password>")
    assert redacted_lines(lines) == lines


def test_a_line_after_another_element_stays() -> None:
    lines = ("<description>", "hunter2", "</description>", "<password>", "hunter2", "<user>")
    assert redacted_lines(lines) == lines


# --- any text around any secret ------------------------------------------------------------------


@given(EMBEDDED, st.text(max_size=40), st.text(max_size=40))
def test_a_secret_never_shows_whatever_stands_around_it(kind: SecretKind, left: str, right: str) -> None:
    before, secret, after = kind.example
    line = f"{left} {before}{secret}{after} {right}"
    assert secret not in redacted(line)
    assert secret not in plain(line, 1_000)
    assert secret not in log_block([line])


@given(EMBEDDED, WORDS, WORDS)
def test_a_secret_never_shows_among_words_that_name_secrets(
    kind: SecretKind, left: list[str], right: list[str]
) -> None:
    before, secret, after = kind.example
    line = f"{' '.join(left)} {before}{secret}{after} {' '.join(right)}"
    assert secret not in redacted(line)


@given(EMBEDDED, st.integers(1, 400))
def test_a_line_is_cut_after_its_secret_was_masked(kind: SecretKind, limit: int) -> None:
    before, secret, after = kind.example
    shown = plain(f"{before}{secret}{after}", limit)
    assert shown.removesuffix("…") in f"{before}{MASK}{after}"


@given(st.lists(st.text(max_size=30)))
def test_each_line_stays_one_line(lines: list[str]) -> None:
    assert len(redacted_lines(lines)) == len(lines)
    assert redacted_lines(lines) == tuple(redacted(line) for line in lines)


@given(st.one_of(SPACED, WORDS.map(" ".join)), EMBEDDED)
@example("password: must do", KINDS[0])
def test_to_redact_twice_changes_nothing(text: str, kind: SecretKind) -> None:
    once = redacted(f"{text} {''.join(kind.example)} {text}")
    assert redacted(once) == once


# --- hostile lines -------------------------------------------------------------------------------

MEGABYTE = 1 << 20


def alone(kind: SecretKind, line: str) -> str:
    """The line with the secrets of one kind masked."""
    pattern = re.compile(kind.pattern, re.ASCII)
    if kind.shown:
        return pattern.sub(kind.shown, line)
    return "".join(line[start:end] for start, end in secret_values(pattern, line))


LONG = 256 * 1024
"""Characters over which a pattern that goes back and forth would take minutes."""


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_a_long_hostile_line_ends(kind: SecretKind) -> None:
    before, secret, after = kind.example
    for unit in (*kind.hints, before, before + secret[:8], before + secret + after):
        alone(kind, unit * (LONG // len(unit)))
    for char in 'a=:-.0 "/@':
        alone(kind, before + secret[:8] + char * LONG)


@pytest.mark.parametrize("char", 'a=:-.0 "/@\\\n')
def test_a_run_of_one_character_stays_and_a_secret_after_it_is_masked(char: str) -> None:
    run = char * MEGABYTE
    assert redacted(f"{run} password=hunter2") == f"{run} password=***"


def test_a_line_of_all_kinds_of_secrets_ends() -> None:
    line = " ".join("".join(kind.example) for kind in KINDS)
    shown = redacted(line * (MEGABYTE // len(line)))
    assert "hunter2" not in shown
    assert "Fake0" not in shown


def test_many_beginnings_of_private_keys_end() -> None:
    begin, *body, end = key("PRIVATE KEY")
    for lines in ([begin] * 10_000, [end] * 10_000, [body[0]] * 10_000, [begin, body[0]] * 5_000):
        assert len(redacted_lines(lines)) == 10_000
