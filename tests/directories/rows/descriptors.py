"""Permissions, as who has rights reads them."""

import uuid

from .stage import ldap, LDAPControl, outcome
from .table import row

USER = "bf967aba-0de6-11d0-a285-00aa003049e2"
RESET = "00299570-246d-11d0-a768-00aa006e0529"
MOBILE = "f0f8ffa3-1191-11d0-a060-00aa006c33ed"
PERSONAL = "77b5b886-944a-11d1-aebd-0000f80367c1"
SELF = bytes([1, 1, 0, 0, 0, 0, 0, 5, 10, 0, 0, 0])
SD_FLAGS = "1.2.840.113556.1.4.801"
OWNER_AND_PERMISSIONS = b"\x30\x03\x02\x01\x05"

@row("descriptor.offered", "the control for parts of the descriptor in the rootDSE", True)
def _(t): return SD_FLAGS.encode() in t.service.search_s("", ldap.SCOPE_BASE, "(objectClass=*)", ["supportedControl"])[0][1]["supportedControl"]
@row("descriptor.reset", "Reset Password, granted to the service account on users of the unit", True)
def _(t): return granted(RESET) + service(t) in read(t, t.user().dn)
@row("descriptor.write", "write of mobile, granted to the service account on users of the unit", True)
def _(t): return granted(MOBILE) + service(t) in read(t, t.user().dn)
@row("descriptor.outside", "the same outside the unit", False)
def _(t): return service(t) in read(t, t.user(above=t.outside).dn)
@row("descriptor.self", "an account's personal information, granted to itself", True)
def _(t): return uuid.UUID(PERSONAL).bytes_le + SELF in read(t, t.user().dn)
@row("descriptor.not_named", "the descriptor among all attributes", False)
def _(t): return "nTSecurityDescriptor" in t.service.search_s(t.user().dn, ldap.SCOPE_BASE)[0][1]
@row("root.time", "the rootDSE's currentTime", True)
def _(t):
    from datetime import datetime, timezone
    said = t.service.search_s("", ldap.SCOPE_BASE, "(objectClass=*)", ["currentTime"])[0][1]["currentTime"][0].decode()
    apart = datetime.now(timezone.utc) - datetime.strptime(said, "%Y%m%d%H%M%S.0Z").replace(tzinfo=timezone.utc)
    return abs(apart.total_seconds()) < 60


def granted(right):
    """An entry that is limited to a right and inherited by users holds the two identifiers one after the other."""
    return uuid.UUID(right).bytes_le + uuid.UUID(USER).bytes_le


def service(t):
    condition = f"(userPrincipalName={t.options.service})"
    found = t.admin.search_s(t.base, ldap.SCOPE_SUBTREE, condition, ["objectSid"])
    return next(entry[1]["objectSid"][0] for entry in found if entry[0])


def read(t, dn):
    control = LDAPControl(SD_FLAGS, True, encodedControlValue=OWNER_AND_PERMISSIONS)
    try:
        found = t.service.search_ext_s(dn, ldap.SCOPE_BASE, "(objectClass=*)", ["nTSecurityDescriptor"], serverctrls=[control])
    except ldap.LDAPError as error:
        return outcome(error).encode()
    return found[0][1]["nTSecurityDescriptor"][0]
