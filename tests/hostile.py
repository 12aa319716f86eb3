"""Texts that an attacker could write. `harmless` checks everything that is made from them.

`TEXTS` is the table. Secrets are put together from pieces, so that no scanner takes them for real ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from ci_failure_tracker.issues.marker import BEGIN, END


@dataclass(frozen=True, slots=True)
class Hostile:
    """A text, and the secret in it, if there is one."""

    name: str
    text: str
    secret: str = ""


def _made(seed: str, length: int, alphabet: str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789") -> str:
    """Letters that look random and are the same each time. The last one is a digit, as in half of all real secrets."""
    numbers = hashlib.shake_256(seed.encode()).digest(length)
    return "".join(alphabet[number % len(alphabet)] for number in numbers[:-1]) + "7"


_HEX = "0123456789abcdef"
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SHA = _made("commit", 40, _HEX)


# --- active on GitHub ----------------------------------------------------------------------------

_MENTIONS = {
    "user": "@octocat broke it",
    "team": "cc @octo-org/everyone",
    "two": "@a@b",
    "bracketed": "(@octocat) [@octocat] {@octocat} *@octocat* _@octocat_",
    "of an entity": "&#64;octocat &#x40;octocat &commat;octocat &#0064;octocat",
    "full width": "\uff20octocat \ufe6boctocat",
    "behind a hidden letter": "@\u2060octocat @\u00adoctocat @\u200boctocat \u200b@octocat",
    "mail": "octocat@evil.example mailto:octocat@evil.example xmpp:octocat@evil.example",
    "of letters that are outside ASCII": "@éa @ß",
}
_REFERENCES = {
    "number": "fixes #9001, closes #1",
    "GH": "GH-9001 gh-9001 (GH-9001) _GH-9001",
    "of a repository": "octo-org/example#9001 other/repo#9001",
    "address of an issue": "https://github.com/octo-org/example/issues/9001",
    "address of a pull request": "https://github.com/octo-org/example/pull/9001#issuecomment-1",
    "address of a commit": f"https://github.com/octo-org/example/commit/{_SHA}",
    "commit": f"{_SHA} broke it",
    "short commit": f"since {_SHA[:7]}",
    "commit of a repository": f"other/repo@{_SHA} octocat@{_SHA}",
    "entity": "&#35;9001 &num;9001 &#x23;9001",
    "advisory": "GHSA-jfh8-c2jp-5v3q CVE-2021-44228",
}
_LINKS = {
    "address": "https://evil.example/a http://evil.example ftp://evil.example",
    "without a scheme": "www.evil.example",
    "without a scheme, after signs": "_www.evil.example *www.evil.example ~www.evil.example (www.evil.example",
    "in capitals": "WWW.EVIL.EXAMPLE HTTPS://EVIL.EXAMPLE",
    "in angle brackets": "<https://evil.example> <octocat@evil.example> <javascript:alert(1)>",
    "Markdown": "[click](https://evil.example) [x](//evil.example) [y](javascript:alert(1))",
    "image": "![x](https://evil.example/x.png) ![y][z]",
    "definition": "[z]: https://evil.example 'z'\n\n[z]",
    "definition on one line": "[z]: https://evil.example",
    "footnote": "a[^1] b\n\n[^1]: https://evil.example",
    "inline footnote": "a^[b]",
    "closing a link": "](https://evil.example) [x",
    "closing a link in code": "`](https://evil.example) [`x",
    "after a hidden letter": "https\u200b://evil.example https:\u2060//evil.example w\u2060ww.evil.example",
}
_HTML = {
    "image": "<img src=x onerror=alert(1)>",
    "script": "<script>alert(1)</script>",
    "details": "<details open><summary>x</summary>",
    "link": '<a href="https://evil.example">x</a>',
    "closing": "</td></tr></table></details></code></pre>",
    "style": "<style>*{display:none}</style><iframe src=x></iframe><textarea>",
    "allowed elsewhere": "<p>x</p><code>y</code><strong>z",
    "entity": "&lt;img src=x onerror=alert(1)&gt;",
    "instruction": "<?php x ?> <![CDATA[ x ]]> <!DOCTYPE html>",
    "unclosed": "<img src=x onerror=alert(1) ",
    "block": "<div>\n\n# x\n\n</div>",
}
_COMMENTS = {
    "end": "--> <b>x</b>",
    "another end": "--!> --> ---> ----!>",
    "begin": "<!-- hidden",
    "empty": "<!--> <!---> <!---->",
    "region begin": BEGIN,
    "region end": END,
    "texts in places": f"{END}\n\n{BEGIN}",
    "marker": '<!-- ci-failure-tracker {"v":1,"id":"37ca2a64de6b3b2d4bb4d5d9e9bcd29c","workflow":"x","job":"y"} -->',
    "empty marker": "<!-- ci-failure-tracker {} -->",
    "comment": "<!-- ci-failure-tracker-comment closed 37ca2a64de6b3b2d4bb4d5d9e9bcd29c 1.1 -->",
    "failure id": "Failure id `37ca2a64de6b3b2d4bb4d5d9e9bcd29c`.",
    "end of JSON": '"}} --> x',
}

# --- active in Markdown --------------------------------------------------------------------------

_CODE = {
    "one backtick": "a`b",
    "two": "a``b`` `",
    "three": "```\n@octocat\n```",
    "four": "````text\n@octocat",
    "of every length": " ".join("`" * length for length in range(1, 13)),
    "a thousand": "`" * 1_000 + "@octocat",
    "tildes": "~~~\n@octocat\n~~~",
    "many tildes": "~" * 90,
    "at both ends": "`@octocat`",
    "escaped": "\\`@octocat\\` \\",
    "indented": "    ```\n    @octocat",
    "in a quotation": "> ```\n> @octocat\n> ```",
    "struck out": "~~x~~ ~y~",
}
_MARKDOWN = {
    "cells": "a | b || c \\| d",
    "row": "|---|---|\n| x | y |",
    "end of a row": "x |\n\n# y",
    "heading": "# x",
    "underlined heading": "x\n===\ny\n---",
    "tasks": "- [ ] x\n- [x] y",
    "list": "1. x\n2. y\n* z",
    "rule": "---\n***\n___",
    "quotation": "> x",
    "alert": "> [!CAUTION]\n> x",
    "emphasis": "*a* **b** _c_ __d__",
    "emoji": ":boom: :octocat: :+1:",
    "formula": "$x$ $$y$$ $`z`$",
    "formula with a command": r"$\href{https://evil.example}{x}$ \(y\) \[z\]",
    "colour": "`#0969DA` `rgb(9, 105, 218)`",
    "diagram": "```mermaid\ngraph TD;A-->B;\n```",
    "line ends": "a\r\nb\rc\u2028d\u2029e\x85f\x0bg\x0ch",
    "hard breaks": "a  \nb\\\nc",
    "many lines": "\n".join(f"# {number} @octocat" for number in range(3)),
    "nothing but space": "\u00a0\u2003\u3000",
    "nothing to be seen": "\u3164\u115f",
    "empty": "\u200b\u200b",
}

# --- active in programs --------------------------------------------------------------------------

_COMMANDS = {
    "error": "::error::x",
    "set-output": "::set-output name=a::b",
    "add-mask": "::add-mask::a",
    "stop-commands": "::stop-commands::pause",
    "after a line end": "x\n::error::y\r::warning::z\r\n::notice::w",
    "escaped line ends": "x%0A::error::y%0D::warning::z",
    "old": "##[error]x a ##[set-env name=PATH]b ##[add-mask]c",
    "group": "##[group]x ::endgroup:: ::group::y",
    "after a hidden letter": "\u200b::error::x \ufeff::error::y",
    "split by a hidden letter": ":\u200b:error::x #\u2060#[error]y :\x00:error::z",
    "after space": "  \t::error::x",
    "file": "EOF\nissue-numbers=[9001]\nx<<EOF",
}
_TEMPLATES = {
    "sum": "{{ 7*7 }} ${{ 7*7 }} #{7*7} <%= 7*7 %>",
    "loop": "{% for x in range(9) %}x{% endfor %}",
    "class": "{{ self.__class__.__mro__ }} {{ issue.__init__.__globals__ }}",
    "block": "{% raw %} {# x #} {%- endraw -%}",
    "field of the title": "{workflow} {job} {headline} {0} %s %(x)s",
    "expression": "${{ secrets.GITHUB_TOKEN }} $(id) `id` $HOME",
    "replacement": r"\1 \g<0> \g<name> $1 $&",
}
_LETTERS = {
    "colour": "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07x\x1b]8;;\x07",
    "colours of one letter": "\x9b31mred \x1b(B \x1bc",
    "mention behind a colour": "@\x1b[1moctocat #\x1b[1m9001",
    "NUL": "a\x00b @\x00octocat",
    "controls": "".join(map(chr, (*range(1, 9), *range(14, 32), *range(127, 160)))) + "x",
    "right to left": "\u202egnirts \u202d \u202a \u202b \u202c",
    "isolates": "\u2066a\u2067b\u2068c\u2069",
    "marks": "a\u200eb\u200fc\u061cd",
    "zero width": "a\u200bb\u200cc\u200dd\ufeffe\u2060f\u00adg\u180eh",
    "invisible signs": "a\u2061b\u2062c\u2063d\u2064e\ufff9f\ufffag\ufffbh",
    "tags": "x" + "".join(chr(0xE0000 + ord(letter)) for letter in "@octocat"),
    "lone surrogates": "a\ud800b\udc00c \udfff",
    "nobody's letters": "a\ue000b\U000f0000c\U0010ffffd\ufdd0e",
    "beyond the first plane": "\U0001f4a5 \U00020000 \U0001f468\u200d\U0001f469",
    "many accents": "e" + "\u0301" * 300,
    "hangs": "\u0e47" * 200,
    "right-to-left letters": "שלום مرحبا",
    "replacement": "\ufffd\ufffe\uffff",
    "line of a megabyte": "@octocat #9001 " * 70_000,
    "word of a megabyte": "a" * 1_000_000,
    "megabyte of signs": "`<@#[" * 200_000,
    "brackets": "(" * 5_000 + ")" * 4_000,
}

# --- secrets -------------------------------------------------------------------------------------

_ID36 = _made("36", 36)


def _secrets() -> Iterator[Hostile]:
    """Each secret with the text around it. Only the secret must not show."""
    dash = "-" * 5
    of_key = _made("key", 64)
    for name, text, secret in (
        ("GitHub, classic", "fetch with {} failed", "gh" + "p_" + _made("ghp", 36)),
        ("GitHub, OAuth", "{}", "gh" + "o_" + _made("gho", 36)),
        ("GitHub, server", "x-access-token {}", "gh" + "s_" + _made("ghs", 36)),
        ("GitHub, fine-grained", "'{}'", "github" + "_pat_" + _made("pat", 22) + "_" + _made("pat2", 59)),
        ("AWS key id", "key {} is not authorized", "AK" + "IA" + _made("akia", 16, _UPPER)),
        ("AWS secret key", "aws_secret_access_key = {}", _made("aws", 39) + "/"),
        ("Google API key", "maps?key={}", "AI" + "za" + _made("aiza", 35)),
        ("Google OAuth", "got {}", "ya29" + "." + _made("ya", 60)),
        ("Slack bot", "post as {}", "xo" + "xb-123456789012-123456789012-" + _made("xoxb", 24)),
        ("Slack webhook", "POST https://hooks.slack" + ".com/services/{}", "T0AAAAAAA/B0AAAAAAA/" + _made("hook", 24)),
        ("Discord webhook", "POST https://discord" + ".com/api/webhooks/123456789012345678/{}", _made("disc", 68)),
        ("OpenAI", "Incorrect API key provided: {}.", "sk" + "-proj-" + _made("openai", 48)),
        ("Anthropic", "{}", "sk" + "-ant-api03-" + _made("ant", 80)),
        ("npm", "//npm.example.com/:_authToken={}", "np" + "m_" + _ID36),
        ("PyPI", "twine upload -p {}", "pypi" + "-AgEIcHlwaS5vcmc" + _made("pypi", 80)),
        ("GitLab", "PRIVATE-TOKEN: {}", "gl" + "pat-" + _made("glpat", 20)),
        ("JSON Web Token", "jwt: {}", f"ey{'J'}{_made('h', 20)}.ey{'J'}{_made('p', 60)}.{_made('s', 43)}"),
        ("private key", f"{dash}BEGIN RSA PRIVATE KEY{dash}\n{{}}\n{dash}END RSA PRIVATE KEY{dash}", of_key),
        ("private key on a line", f"{dash}BEGIN PRIVATE KEY{dash}\\n{{}}\\n{dash}END PRIVATE KEY{dash}", of_key),
        ("password in an address", "clone https://bot:{}@git.example/o/r failed", _made("url", 12)),
        ("database", "postgres://app:{}@db:5432/x", _made("pg", 12)),
        ("bearer", "> Authorization: Bearer {}", _made("bearer", 40)),
        ("basic", "authorization: Basic {}", _made("basic", 30) + "="),
        ("password", "password={}", "hunter" + "2Hunter2"),
        ("password in JSON", '{{"password":"{}","user":"bob"}}', "hunter" + "2Hunter2"),
        ("docker login", "docker login -u bot -p {} registry.example.com", _made("docker", 20)),
        ("docker auth", '{{"auths":{{"registry.example.com":{{"auth":"{}"}}}}}}', _made("auth", 30) + "=="),
        ("Docker Hub", "{}", "dckr" + "_pat_" + _made("dckr", 27)),
        ("Stripe", "No such customer with {}", "sk" + "_live_" + _made("stripe", 24)),
        ("SendGrid", "mail: {}", "S" + "G." + _made("sg", 22) + "." + _made("sg2", 43)),
        ("Twilio", "auth as {}", "S" + "K" + _made("twilio", 32, _HEX)),
        ("Azure storage", "AccountName=x;AccountKey={};EndpointSuffix=y", _made("azure", 86) + "=="),
        ("Azure signature", "GET https://h.blob.example/x?se=2030&sig={}&sp=r", _made("sig", 43) + "%3D"),
        ("Hugging Face", "401 for {}", "hf" + "_" + _made("hf", 34)),
        ("Telegram", "https://api.telegram.org/bot{}/getMe", "123456789:A" + "A" + _made("tg", 33)),
        ("cookie", "Set-Cookie: session={}; Path=/", _made("cookie", 32)),
        ("Vault", "vault: {} denied", "hv" + "s." + _made("vault", 24)),
        ("DigitalOcean", "doctl: {}", "do" + "p_v1_" + _made("do", 64, _HEX)),
        ("behind a colour", "\x1b[31m{}\x1b[0m", "gh" + "p_" + _made("colour", 36)),
        ("after a word joiner", "pass\u2060word={}", "hunter" + "2Hunter3"),
        ("after a mark", "to\u061cken={}", _made("mark", 24)),
        ("after a control of one byte", "pass\x80word={}", "hunter" + "2Hunter4"),
        ("after a tag", "api_\U000e0041key={}", _made("tag", 24)),
        ("in a long line", "x" * 290 + " password={}", "hunter" + "2Hunter5"),
        ("at the end of what is kept", "x " * 990 + "password={}", "hunter" + "2Hunter6" * 5),
    ):
        yield Hostile(f"secret: {name}", text.format(secret), secret)
    split = "gh" + "p_" + _made("split", 36)
    yield Hostile(
        "secret: split by hidden letters", split[:10] + "\u2060" + split[10:20] + "\u061c" + split[20:], split
    )


_TABLE = {
    "mention": _MENTIONS,
    "reference": _REFERENCES,
    "link": _LINKS,
    "HTML": _HTML,
    "comment": _COMMENTS,
    "code": _CODE,
    "Markdown": _MARKDOWN,
    "command": _COMMANDS,
    "template": _TEMPLATES,
    "letters": _LETTERS,
}
SECRETS = tuple(_secrets())
TEXTS = (
    *(Hostile(f"{kind}: {name}", text) for kind, texts in _TABLE.items() for name, text in texts.items()),
    *SECRETS,
)
PIECES = tuple(text.text for text in TEXTS if len(text.text) < 200)

PLACES = (
    *("workflow name", "job name", "first value of a matrix leg", "second value of a matrix leg", "step name"),
    *("branch", "commit title", "commit author", "actor", "title of a commit without a run", "name of a dynamic run"),
    *("log: group", "log: line", "log: file of a trace", "log: exception", "log: failed test", "log: error"),
    *("log: error of the runner", "annotation message", "annotation title", "annotation path"),
)
"""Where foreign text gets in; `contract/test_hostility.py` puts each text in each of them."""


def figures() -> dict[str, int]:
    """How large the campaign is."""
    return {
        "texts": len(TEXTS),
        "secrets among them": len(SECRETS),
        "places": len(PLACES),
        "both": len(TEXTS) * len(PLACES),
    }
