"""A real SMTP server (Debian's python3-aiosmtpd) for tests: protected, signed in to, and hard to please on demand.

usage: mailserver.py starttls|tls|plain PORT CERTIFICATE KEY USER PASSWORD

Writes JSON lines to standard output: {"event":"listening","port":…} first, then one for each connection, sign-in and
mail, and {"event":"mark"} for each line of its standard input: whatever happened before is told before. It ends when its
standard input does, so it never outlives its test. `plain` protects nothing and takes everything: a client that demands
protection must turn away from it.

What a recipient's name makes it do:
  refuse  550 to RCPT           later   451 to RCPT          gone    closes the connection at RCPT
  mute    no answer to RCPT     spam    554 to the mail      full    452 to the mail
  cut     reads the mail, then closes the connection         stall   reads the mail, never answers
  slow    takes the mail, and says so 1.4 s later
"""

import asyncio
import base64
import email
import email.policy
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

MODE, PORT, CERTIFICATE, KEY, USER, PASSWORD = sys.argv[1:7]


def tell(event, **more):
    sys.stdout.write(json.dumps({"event": event, **more}) + "\n")
    sys.stdout.flush()


def told(name, addresses):
    return any(name in address.split("@")[0] for address in addresses)


async def never():
    await asyncio.get_running_loop().create_future()


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if told("refuse", [address]):
            return f"550 5.1.1 <{address}>: nobody of that name"
        if told("later", [address]):
            return f"451 4.7.1 <{address}>: greylisted, come back later"
        if told("gone", [address]):
            server.transport.abort()
            await never()
        if told("mute", [address]):
            await never()
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        if told("spam", envelope.rcpt_tos):
            return "554 5.7.1 we do not like it: " + " ".join(envelope.rcpt_tos)
        if told("full", envelope.rcpt_tos):
            return "452 4.3.1 the disk is full"
        answered = not told("cut", envelope.rcpt_tos) and not told("stall", envelope.rcpt_tos)
        self.record(session, envelope, answered)
        if told("cut", envelope.rcpt_tos):
            server.transport.abort()
        if not answered:
            await never()
        if told("slow", envelope.rcpt_tos):
            await asyncio.sleep(1.4)
        return "250 2.0.0 OK: queued as 4F3B2A"

    def record(self, session, envelope, answered):
        raw = envelope.original_content
        message = email.message_from_bytes(raw, policy=email.policy.default)
        bodies = {}
        for part in message.walk():
            if not part.is_multipart():
                bodies.setdefault(part.get_content_type(), part.get_content())
        protected = session.ssl or MODE == "tls"
        tell(
            "mail",
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            signed_in=bool(session.authenticated),
            protected=bool(protected),
            answered=answered,
            raw=base64.b64encode(raw).decode("ascii"),
            headers=[[name, str(value)] for name, value in message.items()],
            content_type=message.get_content_type(),
            text=bodies.get("text/plain"),
            html=bodies.get("text/html"),
        )


def authenticate(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    tell("sign_in", right=right, mechanism=mechanism)
    return AuthResult(success=right, handled=False)


class Server(SMTP):
    def connection_made(self, transport):
        # STARTTLS calls this a second time, for the protected layer.
        if self._original_transport is None:
            tell("connection")
        super().connection_made(transport)


def protocol(context):
    starttls = context if MODE == "starttls" else None
    return Server(
        Handler(),
        hostname="mail.test",
        tls_context=starttls,
        require_starttls=starttls is not None,
        auth_required=MODE != "plain",
        # Under implicit TLS aiosmtpd does not know that the connection is protected.
        auth_require_tls=MODE == "starttls",
        authenticator=authenticate,
    )


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: protocol(context), "127.0.0.1", int(PORT), ssl=context if MODE == "tls" else None
    )
    tell("listening", port=server.sockets[0].getsockname()[1])
    while await loop.run_in_executor(None, sys.stdin.readline):
        tell("mark")


logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
asyncio.run(main())
