"""One mail to a server, over SMTP.

The texts of servers and of the library may repeat addresses, so an error gives only the number of an answer.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

from ci_failure_tracker.notify.webhook import NotSentError
from ci_failure_tracker.settings.addresses import MailServer

TIMEOUT = 30.0
"""Seconds. A server may examine a mail for a while before it answers."""


def send_mail(server: MailServer, mail: EmailMessage, sender: str, recipients: list[str]) -> int:
    """Hand the mail to the server, once; return how many recipients it refused while it took the others.

    Raises:
        NotSentError: if the server did not take the mail, or it is not known whether it did.
    """
    try:
        connection = _connected(server)
        try:
            # No login without both: a server in a network of its own may ask for none.
            if server.user is not None and server.password is not None:
                connection.login(server.user.reveal(), server.password.reveal())
            return len(connection.send_message(mail, sender, recipients))
        finally:
            _end(connection)
    except NotSentError:
        raise
    except Exception as error:  # errors of the library may repeat addresses and the answer of the server
        raise NotSentError(_words(error)) from None


def _connected(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.tls:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        # A server offers STARTTLS only in its answer to EHLO.
        connection.ehlo_or_helo_if_needed()
        if connection.has_extn("starttls"):
            connection.starttls(context=context)
            # After STARTTLS the client has to greet again (RFC 3207).
            connection.ehlo()
        elif not server.may_be_plain:
            raise NotSentError("the server offers no STARTTLS, and nothing is sent to it unencrypted")
    except BaseException:
        connection.close()
        raise
    return connection


def _end(connection: smtplib.SMTP) -> None:
    """Close the connection. The server has taken or refused the mail before, so errors do not count."""
    try:
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
    finally:
        connection.close()


_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "the server refused the user's name or the password"),
    (smtplib.SMTPSenderRefused, "the server refused `email-from`"),
    (smtplib.SMTPRecipientsRefused, "the server refused every address of `email-to`"),
    (smtplib.SMTPResponseException, "the server refused it"),
    (smtplib.SMTPServerDisconnected, "the connection broke off"),
    (smtplib.SMTPException, "the server offers no way to log in that is known"),
    (ssl.SSLError, "its certificate could not be verified, or it speaks no TLS on this port"),
    (TimeoutError, f"no answer within {TIMEOUT:g} seconds"),
    (OSError, "no connection to its host"),
)
"""The words for each kind of error. A class comes before its base classes."""


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, TimeoutError):
        error = error.__context__  # the library reports a timeout as a disconnect
    words = next((words for kind, words in _KINDS if isinstance(error, kind)), type(error).__name__)
    return f"{words} ({error.smtp_code})" if isinstance(error, smtplib.SMTPResponseException) else words
