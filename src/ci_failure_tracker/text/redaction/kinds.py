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


def _at(prefix: str) -> str:
    """A prefix of fixed length at the beginning of a word, also after an escape (`%3D`, `\\n`, a part of a colour).

    The prefix comes first in the pattern, because Python finds it much faster than the place.
    """
    places = (
        r"(?<![A-Za-z0-9]{0})|(?<=%[0-9A-Fa-f]{{2}}{0})|(?<=\\[nrt]{0})|(?<=\[\dm{0})|(?<=\[\d\dm{0})|(?<=;\d\dm{0})"
    )
    return f"{prefix}(?:{places.format(prefix)})"


def _in_any_case(*words: str) -> str:
    """Any of the words. Their first letters are spelled out, because Python then skips what starts with another one."""
    return "(?:" + "|".join(f"{first}(?i:{word[1:]})" for word in words for first in (word[0], word[0].upper())) + ")"


# --- how secrets are named -----------------------------------------------------------------------

_WORDS = ("pass(?:word|wd|phrase|code)?", "pwd", "token", "secret", "credentials?", "auth")
_NAME = rf"(?P<name>{_in_any_case(*_WORDS, 'key', 'sess(?:ion)?[_-]?id')})"
_FULL_NAME = _in_any_case(*_WORDS, "api-?key", "access-?key", "secret-?key")
_MORE = r"(?:[_-]?(?i:hash|b64|base64|base|value|string|\d{1,2}))?"
_QUOTE = r"\\{0,3}[\"'`]"
_OPENING = rf"(?>(?P<quote>{_QUOTE})?)"
_SIGN = (
    rf"(?P<sign>(?:{_QUOTE})?\]?(?:,\s{{0,3}}(?:{_QUOTE})?(?i:value)(?:{_QUOTE})?|\s(?:is|was))?"
    r"\s{0,3}+(?:=>|:=|(?:\?|\|\||\+)?=(?![=~])|:(?![:/])|%3[ADad])\s{0,3}+)"
)
_WORDS_BEFORE = r"(?:\s{1,4}\S{1,80}){0,8}?"
_SCHEME = r"(?>(?:(?i:basic|bearer|token|negotiate|api-?key|jwt|oauth|pat|bot|ssws|geniekey)\s{1,3}+)?)"

# --- secrets that are none, put together so that no scanner of secrets takes them for one ---------

_ANY = "Fake0" * 8
_HEX = "fa4e0" * 8
_CAPITALS = "FAKE0" * 4

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
        "private key of OpenSSH, or a file with keys, in base64",
        ("b3blbnnzac1rzxktdj", "ls0tls1crudjti"),
        r"(?:b3BlbnNzaC1rZXktdj|LS0tLS1CRUdJTi)[A-Za-z0-9+/=]*+",
        ("client-key-data: ", "LS0tLS1" + "CRUdJTi" + _ANY, ""),
    ),
    SecretKind(
        "age", ("age-secret-key-",), r"AGE-SECRET-KEY-[A-Z0-9]{12,}+", ("# ", "AGE-SECRET" + "-KEY-1" + _CAPITALS, "")
    ),
    SecretKind(
        "GitHub token",
        ("gh",),
        r"gh[pousr]_(?:\d{1,12}_eyJ|[A-Za-z0-9]{16})[\w-]*+(?>(?:\.[\w-]++)*)",
        ("fetch with ", "ghp_" + _ANY, " failed"),
    ),
    SecretKind(
        "fine-grained GitHub token",
        ("github_pat_",),
        r"github_pat_[A-Za-z0-9]{16}\w*+",
        ("'", f"github_pat_{_ANY}_{_ANY}", "'"),
    ),
    SecretKind(
        "GitLab token",
        ("gl",),
        r"gl(?:pat|dt|rtr?|cbt|ptt|ft|imt|agent|soat|ffct)-[\w-]{16,}+(?>(?:\.[\w-]++)*)",
        ("PRIVATE-TOKEN: ", "glpat-" + _ANY, ""),
    ),
    SecretKind("npm token", ("npm_",), r"npm_[A-Za-z0-9]{24,}+", ("login ", "npm_" + _ANY, " E401")),
    SecretKind("PyPI token", ("pypi-ag",), r"pypi-Ag[\w-]{16,}+", ("twine -p ", "pypi-Ag" + "E" + _ANY, " upload")),
    SecretKind(
        "RubyGems, NuGet or Cargo key",
        ("rubygems_", "oy2", "cio"),
        rf"rubygems_[0-9a-f]{{24,}}+|{_at('oy2')}[a-z0-9]{{43}}\b|{_at('cio')}[A-Za-z0-9]{{32}}\b",
        ("gem push with ", "rubygems_" + _HEX, ""),
    ),
    SecretKind(
        "Slack token",
        ("xox", "xapp-"),
        r"xox[a-z](?:\.xox[a-z])?-[\w%-]{11,}+|xapp-\d-[\w-]{10,}+",
        ("post as ", "xoxb" + "-0000-0000-" + _ANY, ": not_authed"),
    ),
    SecretKind(
        "Slack webhook",
        ("hooks.slack",),
        r"(?P<kept>hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers|commands)/)[\w/-]++",
        ("POST https://hooks.slack" + ".com/services/", "T0/B0/" + _ANY, " 404"),
        _KEPT,
    ),
    SecretKind(
        "Discord webhook",
        ("/webhooks/",),
        r"(?P<kept>discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/)[\w/-]++",
        ("POST https://discord" + ".com/api/webhooks/", "123456/" + _ANY, " 404"),
        _KEPT,
    ),
    SecretKind(
        "Teams webhook",
        (".webhook.office.com/",),
        r"(?P<kept>\.webhook\.office\.com/webhookb2/)[\w@/-]++",
        ("POST https://acme.webhook" + ".office.com/webhookb2/", f"{_HEX}@{_HEX}/IncomingWebhook/{_HEX}", " 404"),
        _KEPT,
    ),
    SecretKind(
        "Telegram bot token",
        (":aa",),
        r"(?<!\d)\d{6,12}:AA[\w-]{24,}+",
        ("https://api.telegram.org/bot", "123456789:" + "AA" + _ANY, "/getMe"),
    ),
    SecretKind(
        "AWS access key id",
        ("akia", "asia"),
        rf"{_at('A[KS]IA')}[A-Z0-9]{{12,}}+",
        ("key ", "AKIA" + _CAPITALS[:16], " is not authorized"),
    ),
    SecretKind("Google API key", ("aiza",), r"AIza[\w-]{24,}+", ("maps?key=", "AIza" + _ANY[:35], "&v=3")),
    SecretKind(
        "Google OAuth",
        ("ya29.", "gocspx-", "1//0"),
        rf"ya29\.[\w-]{{16,}}+(?>(?:\.[\w-]++)*)|GOCSPX-[\w-]{{16,}}+|{_at('1//0')}[\w-]{{24,}}+",
        ("got ", "ya29." + _ANY, " from gcloud"),
    ),
    SecretKind(
        "Azure key",
        ("+ast", "acdb", "q~"),
        r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{76}(?:\+ASt|ACDb)[A-Za-z0-9+/]{6}=="
        r"|[\w.~-]{3}[78]Q~[\w.~-]{30,40}+",
        ("key ", f"{_ANY}{_ANY[:36]}" + "+ASt" + "Fak0e0==", " was rotated"),
    ),
    SecretKind(
        "Stripe key",
        ("k_live_", "k_test_", "whsec_"),
        rf"{_at('[sr]k_(?:live|test)_')}[A-Za-z0-9]{{10,}}+|whsec_[A-Za-z0-9+/=]{{16,}}+",
        ("No such customer with ", "sk_" + "live_" + _ANY, ""),
    ),
    SecretKind(
        "SendGrid key",
        ("sg.",),
        rf"{_at('SG[.]')}[\w-]{{16,32}}\.[\w-]{{16,}}+",
        ("mail: ", f"SG.{_ANY[:22]}.{_ANY}", " unauthorized"),
    ),
    SecretKind("Twilio key", ("sk",), rf"{_at('SK')}[0-9a-f]{{32}}\b", ("auth as ", "SK" + _HEX[:32], " 20003")),
    SecretKind(
        "Docker Hub token", ("dckr_",), r"dckr_[op]at_[\w-]{16,}+", ("login ", "dckr_" + "pat_" + _ANY[:27], "")
    ),
    SecretKind(
        "Vault token",
        ("hvs.", "hvb."),
        rf"{_at('hv[sb][.]')}[\w-]{{16,}}+",
        ("vault: ", "hvs." + _ANY, " permission denied"),
    ),
    SecretKind(
        "DigitalOcean token",
        ("_v1_",),
        r"do[opr]_v1_[0-9a-f]{16,}+",
        ("doctl: ", "dop_" + "v1_" + _HEX, " 401"),
    ),
    SecretKind(
        "key of OpenAI, Anthropic or one that looks like theirs",
        ("sk-",),
        rf"{_at('sk-')}(?:(?:ant|proj|svcacct|admin|or|lf)-[\w-]{{12,}}+|[A-Za-z0-9]{{20}}[\w-]*+)",
        ("Incorrect API key provided: ", "sk-" + "ant-api03-" + _ANY, "."),
    ),
    SecretKind(
        "Hugging Face token",
        ("hf_",),
        rf"{_at('hf_')}[A-Za-z0-9]{{24,}}+",
        ("401 for ", "hf_" + _ANY[:34], ""),
    ),
    SecretKind("Sentry token", ("sntry",), r"sntry[su]_[\w+/=-]{16,}+", ("sentry-cli: ", "sntrys_" + _ANY, " invalid")),
    SecretKind(
        "Grafana token",
        ("gl",),
        r"gl(?:sa_[A-Za-z0-9]|c_ey)[\w+/=-]{16,}+",
        ("push ", "glsa_" + _ANY, " 401"),
    ),
    SecretKind(
        "Atlassian token",
        ("atatt3x", "atctt3x", "atbb"),
        rf"AT[AC]TT3x[\w=+/-]{{16,}}+|{_at('ATBB')}[A-Za-z0-9]{{24,}}+",
        ("jira ", "ATATT3x" + _ANY, " 401"),
    ),
    SecretKind(
        "token of another vendor",
        ("shp", "dapi", "pul-", "ccipat_", "lin_api_", "gsk_"),
        rf"{_at('shp(?:at|ca|pa|ss)_')}[0-9a-fA-F]{{24,}}+|{_at('dapi')}[0-9a-f]{{32}}(?:-\d)?|{_at('pul-')}[0-9a-f]{{40}}"
        rf"|CCIPAT_\w{{20,}}+|lin_api_[A-Za-z0-9]{{24,}}+|{_at('gsk_')}[A-Za-z0-9]{{32,}}+",
        ("databricks ", "dapi" + _HEX[:32], " 403"),
    ),
    SecretKind(
        "Terraform Cloud token",
        (".atlasv1.",),
        r"(?<![A-Za-z0-9])[A-Za-z0-9]{10,20}\.atlasv1\.[\w-]{16,}+",
        ("tfe ", f"{_ANY[:14]}.atlasv1.{_ANY}", " 401"),
    ),
    SecretKind(
        "JSON Web Token",
        ("eyj",),
        rf"{_at('eyJ')}[\w-]{{17,}}+(?>(?:\.[\w-]++){{0,4}})",
        ("jwt: ", f"eyJ{_ANY}.eyJ{_ANY}.{_ANY}", " expired"),
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
        ("sig=", "signature="),
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
        ("signature=",),
        r"(?P<kept>Signature=)[0-9a-f]{32,}+",
        ("SignedHeaders=host, Signature=", _HEX, " mismatch"),
        _KEPT,
    ),
    SecretKind(
        "option",
        ("--",),
        rf"--(?=[A-Za-z])[\w-]{{0,40}}?{_FULL_NAME}{_MORE}(?P<sign>\s{{1,3}}+|[\"'],\s{{0,3}}+){_OPENING}"
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
        rf"(?P<kept>{_FULL_NAME}>\s{{0,3}})(?!\*+<|\$|\{{)[^<\s][^<]{{0,500}}(?=</)",
        ("<server><password>", "hunter2", "</password></server>"),
        _KEPT,
    ),
    SecretKind(
        "secret by its name",
        ("pass", "token", "secret", "key", "auth", "credential", "pwd", "sess"),
        f"{_NAME}{_MORE}{_SIGN}{_OPENING}",
        ("could not connect, password=", "hunter2", ": timeout"),
        JUDGED,
    ),
)
