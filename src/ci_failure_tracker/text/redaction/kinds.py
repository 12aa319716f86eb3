"""The known kinds of secrets, one row each.

A pattern takes linear time on any line: nothing that has to match follows an unbounded repetition, or the repetition
begins only at places that were not tried before.
"""

from __future__ import annotations

from dataclasses import dataclass

MASK = "***"


@dataclass(frozen=True, slots=True, eq=False)
class SecretKind:
    """One kind of secret.

    Only a line that contains one of the `hints`, in lower case, is searched. `shown` replaces the match. If it is
    empty, the pattern matches only the text before a value, and `values` judges the value. The `example` is the text
    before a secret of this kind, the secret, and the text after it.
    """

    name: str
    hints: tuple[str, ...]
    pattern: str
    example: tuple[str, str, str]
    shown: str = MASK


JUDGED = ""
_KEPT = rf"\g<kept>{MASK}"


def _in_any_case(*words: str) -> str:
    """Any of the words. Their first letters are spelled out, because Python then skips what starts with another one."""
    return "(?:" + "|".join(f"{first}(?i:{word[1:]})" for word in words for first in (word[0], word[0].upper())) + ")"


# --- how secrets are named -----------------------------------------------------------------------

_WORDS = ("pass(?:word|wd|phrase|code)?", "pwd", "token", "secret", "credentials?", "auth")
_NAME = rf"(?P<name>{_in_any_case(*_WORDS, 'key', 'sess(?:ion)?[_-]?id')})"
FULL_NAME = _in_any_case(*_WORDS, "api-?key", "access-?key", "secret-?key")
_MORE = r"(?:[_-]?(?i:hash|b64|base64|base|value|string|\d{1,2}))?"
_QUOTE = r"\\{0,3}[\"'`]"
_OPENING = rf"(?>(?P<quote>{_QUOTE})?)"
_TYPE = r"(?:\s?:)?\s{1,3}(?:[Ss]tring|str|&(?:'\w{1,20} )?str)\??(?=\s{0,3}=)"
_SIGN = (
    rf"(?P<sign>(?:{_QUOTE})?\]?(?:(?:,\s{{0,3}}|\s{{1,3}})(?:{_QUOTE})?(?i:value)(?:{_QUOTE})?|\s(?:is|was)|{_TYPE})?"
    r"\s{0,3}+(?:=>|:=|(?:\?|\|\||\+|\.)?=(?![=~])|(?:[!=]==?|<-|-(?:eq|ne)\s)(?=\s{0,3}[\"'`])|:(?![:/])|%3[ADad])\s{0,3}+)"
)
_CALLS = (
    *("set", "Set", "setProperty", "SetProperty", "setdefault", "setItem", "setenv", "Setenv", "putenv", "put", "Put"),
    *(
        "SetEnvironmentVariable",
        "setHeader",
        "addHeader",
        "setCookie",
        "header",
        "Header",
        "add",
        "Add",
        "append",
        "define",
    ),
)
"""Calls whose first argument is a name and whose second one is its value."""
_CALL = rf"\((?:{'|'.join(rf'(?<={call}[(])' for call in _CALLS)})\s{{0,3}}"
_WORDS_BEFORE = r"(?:\s{1,4}\S{1,80}){0,8}?"
_SCHEME = r"(?>(?:(?i:basic|bearer|token|negotiate|api-?key|jwt|oauth|pat|bot|ssws|geniekey)\s{1,3}+)?)"

# --- secrets that are none, put together so that no scanner of secrets takes them for one ---------

_ANY = "Fake0" * 8
_HEX = "fa4e0" * 8

KINDS = (
    SecretKind(
        "private key on one line",
        ("private key",),
        r"(?P<kept>-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5})"
        r"(?=(?:[^-]|-(?!-)){0,200}?[A-Za-z0-9+/]{16})(?>(?:[^-]++|-(?!-{3,4} ?END ))+)",
        ('"private_key": "-----BEGIN PRIVATE' + " KEY-----", f"\\n{_ANY}\\n{_ANY}\\n", '-----END PRIVATE KEY-----\\n"'),
        _KEPT,
    ),
    SecretKind(
        "end of a private key",
        ("private key",),
        r"(?<![A-Za-z0-9+/=\\])[A-Za-z0-9+/=\\]{16,}+ ?(?=-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY)",
        ('"', f"{_ANY}\\n{_ANY}\\n", '-----END RSA PRIVATE KEY-----"'),
    ),
    SecretKind(
        "Slack webhook",
        ("hook",),
        r"(?P<kept>hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers|commands)/)[\w/-]++",
        ("POST https://hooks.slack" + ".com/services/", "T0/B0/" + _ANY, " 404"),
        _KEPT,
    ),
    SecretKind(
        "Discord webhook",
        ("hook",),
        r"(?P<kept>discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/)[\w/-]++",
        ("POST https://discord" + ".com/api/webhooks/", "123456/" + _ANY, " 404"),
        _KEPT,
    ),
    SecretKind(
        "Teams webhook",
        ("hook",),
        r"(?P<kept>\.webhook\.office\.com/webhookb2/)[\w@/-]++",
        ("POST https://acme.webhook" + ".office.com/webhookb2/", f"{_HEX}@{_HEX}/IncomingWebhook/{_HEX}", " 404"),
        _KEPT,
    ),
    SecretKind(
        "Authorization header",
        ("authorization",),
        rf"[aA](?i:uthorization)(?P<sign>(?:{_QUOTE})?\]?\s{{0,3}}[:=,]\s{{0,3}}){_OPENING}{_SCHEME}",
        ("> Authorization: Basic ", "ZmFr" + "ZTpmYWtl", ""),
        JUDGED,
    ),
    SecretKind(
        "bearer",
        ("bearer",),
        r"(?P<kept>[bB](?i:earer)(?:\s|%20|\+){1,3})(?=[A-Za-z_.~+/=-]{0,60}\d)[\w.~+/=-]{16,}+",
        ("-H 'X-Auth: Bearer ", _ANY, "'"),
        _KEPT,
    ),
    SecretKind(
        "cookie that is set",
        ("set-cookie",),
        r"(?P<kept>[sS](?i:et-cookie2?)[\"']?\s{0,3}[:=,]\s{0,3}[\"']?[\w.%-]{1,80}=)(?!\*)[^\s;\"']++",
        ("< Set-Cookie: session=", _ANY, "; Path=/; HttpOnly"),
        _KEPT,
    ),
    SecretKind(
        "cookies that are sent",
        ("cookie",),
        r"(?P<kept>[cC](?i:ookie)(?:(?<!-.{6})[\"']?\s{0,3}[:=,]|(?<=--cookie)[ =])\s{0,3}[\"']?)"
        r"(?=[\w.%-]{1,80}=[^\s=])[^\s;\"']++(?>(?:;\s?[^\s;\"'=]++=[^\s;\"']*+)*)",
        ("-H 'Cookie: ", f"a={_HEX}; b={_ANY}", "' https://h/"),
        _KEPT,
    ),
    SecretKind(
        "password in an address",
        ("://",),
        r"(?P<kept>://[^\s/@:\"'<>?#]{0,200}:)(?!(?:\*+…?|\$\{?\w{1,60}\}?|\$?\{\{?[^}@]{0,80}\}{1,2})@|\d{1,5}[?#])"
        r"[^\s/\"'<>]+(?=@)",
        ("clone https://fake:", "hunter2", "@github.com/o/r failed"),
        _KEPT,
    ),
    SecretKind(
        "token in an address",
        ("://",),
        r"(?P<kept>://)(?=[\w.~%+-]{0,60}\d)[\w.~%+-]{20,200}(?=:?@)",
        ("remote https://", _ANY, "@dev.azure.com/o refused"),
        _KEPT,
    ),
    SecretKind(
        "password of Oracle",
        ("jdbc:oracle:",),
        r"(?P<kept>jdbc:oracle:\w{1,8}:\w{1,60}/)(?!\*)[^\s/@\"']{1,100}(?=@)",
        ("ORA-01017 jdbc:oracle:thin:scott/", "hunter2", "@//db:1521/x"),
        _KEPT,
    ),
    SecretKind(
        "signature of an address",
        ("sig",),
        r"(?P<kept>[sS](?:(?<=[?&;].)|(?<=u0026.)|(?<=%26.))(?i:ig(?:nature)?)=)(?!\*)[^&\s\"'<>\\)]{6,}+",
        ("GET https://h.blob/x?se=2030&sig=", _ANY + "%3D", "&sp=r 403"),
        _KEPT,
    ),
    SecretKind(
        "part of a signature",
        ("x-amz-", "x-goog-"),
        r"(?P<kept>[xX]-(?i:amz|goog)-(?i:signature|credential|security-token)(?:=|%3D|[\"']?\s{0,3}:\s{0,3}[\"']?))"
        r"(?!\*)[^&\s\"'<>\\)]{6,}+",
        ("https://s3/x?X-Amz-Signature=", _HEX, "&X-Amz-Date=1"),
        _KEPT,
    ),
    SecretKind(
        "signature of a request",
        ("sig",),
        r"(?P<kept>Signature=)[0-9a-f]{32,}+",
        ("SignedHeaders=host, Signature=", _HEX, " mismatch"),
        _KEPT,
    ),
    SecretKind(
        "option",
        ("--",),
        rf"--(?=[A-Za-z])[\w-]{{0,40}}?{FULL_NAME}{_MORE}(?P<sign>\s{{1,3}}+|[\"'],\s{{0,3}}+){_OPENING}"
        r"(?!-|(?:id|type|src|source|env)=)",
        ("twine upload --password ", "hunter2", " dist/x failed"),
        JUDGED,
    ),
    SecretKind(
        "-p of a client",
        ("login", "sshpass", "mysql", "mariadb"),
        rf"(?:login|sshpass|mysql\w{{0,10}}|mariadb[\w-]{{0,10}}){_WORDS_BEFORE}\s-p(?P<sign>[ =]?){_OPENING}"
        r"(?![ \d.:/-]{0,20}(?:\s|$))",
        ("docker login -u fake -p ", "hunter2", " registry.example.com: denied"),
        JUDGED,
    ),
    SecretKind(
        "-P of a client",
        ("sql",),
        rf"(?:sqlcmd|osql|isql|tsql){_WORDS_BEFORE}\s-P(?P<sign>[ =]?){_OPENING}",
        ("sqlcmd -S db -U sa -P ", "hunter2", " -Q 'select 1' failed"),
        JUDGED,
    ),
    SecretKind(
        "-passin of OpenSSL",
        ("pass:",),
        rf"-pass(?:in|out)?\s{{1,3}}(?P<sign>pass:){_OPENING}",
        ("openssl rsa -passin pass:", "hunter2", " -in key.pem"),
        JUDGED,
    ),
    SecretKind(
        "variable of a Dockerfile",
        ("env ",),
        rf"(?:ENV|setenv)\s{{1,3}}(?=[A-Za-z])\w{{0,40}}?{FULL_NAME}{_MORE}(?P<sign>\s{{1,3}}+){_OPENING}",
        ("Step 3/9 : ENV API_TOKEN ", "hunter2", ""),
        JUDGED,
    ),
    SecretKind(
        "-u of curl",
        ("curl",),
        rf"curl{_WORDS_BEFORE}\s(?:-u|--user)[ =]?[\"']?[^\s:\"']{{1,60}}(?P<sign>:)(?!\d{{1,5}}\s)",
        ("curl -f -u fake:", "hunter2", " https://h/: 401"),
        JUDGED,
    ),
    SecretKind(
        ".netrc",
        ("login",),
        rf"login\s{{1,8}}\S{{1,100}}\s{{1,8}}password(?P<sign>\s{{1,8}}+){_OPENING}",
        ("machine h login fake password ", "hunter2", ""),
        JUDGED,
    ),
    SecretKind(
        "element of XML",
        ("</",),
        rf"(?P<kept>{FULL_NAME}>\s{{0,3}})(?!\*+<|\$|\{{)[^<\s][^<]{{0,500}}(?=</)",
        ("<server><password>", "hunter2", "</password></server>"),
        _KEPT,
    ),
    SecretKind(
        "argument after a name",
        ("pass", "token", "secret", "key", "credential", "pwd"),
        rf"{_CALL}{_QUOTE}[\w.-]{{0,60}}?{_NAME}{_MORE}(?P<sign>{_QUOTE},\s{{0,3}})(?P<quote>{_QUOTE})",
        ('System.setProperty("db.password", "', "hunter2", '");'),
        JUDGED,
    ),
    SecretKind(
        "secret by its name",
        ("pass", "token", "secret", "key", "auth", "credential", "pwd", "sess"),
        f"{_NAME}{_MORE}{_SIGN}{_OPENING}",
        ("could not connect, password=", "hunter2", ": timeout"),
        JUDGED,
    ),
)
