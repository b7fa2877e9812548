#!/usr/bin/python3
"""Seeds a provisioned Samba domain: units, password policy, groups, and the service account with its few rights.

usage: SERVICE_PASSWORD=... seed.py SMB_CONF

The interpreter is Debian's own, because the samba module is installed for that one only. People are not seeded:
each test makes its own.
"""
import os
import sys
import time

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

MINUTE = -60 * 10**7  # durations are negative, in units of 100 ns
DAY = 24 * 60 * MINUTE

# The class of users, and what the service account may do with those below OU=Anvandare.
USER = "bf967aba-0de6-11d0-a285-00aa003049e2"
RIGHTS = [
    ("CR", "00299570-246d-11d0-a768-00aa006e0529"),  # Reset Password
    ("RPWP", "28630ebf-41d5-11d1-a9c1-0000f80367c1"),  # lockoutTime
    ("RPWP", "bf967a0a-0de6-11d0-a285-00aa003049e2"),  # pwdLastSet
    ("RPWP", "f0f8ffa3-1191-11d0-a060-00aa006c33ed"),  # mobile
]

# A lockout duration of 0 means: until somebody unlocks.
POLICY = {
    "minPwdLength": 8,
    "pwdProperties": 1,  # complexity
    "pwdHistoryLength": 25,
    "minPwdAge": 0,
    "maxPwdAge": 90 * DAY,
    "lockoutThreshold": 5,
    "lockOutObservationWindow": 30 * MINUTE,
    "lockoutDuration": 0,
}
LONGER = {
    "msDS-PasswordSettingsPrecedence": 10,
    "msDS-MinimumPasswordLength": 14,
    "msDS-PasswordComplexityEnabled": "TRUE",
    "msDS-PasswordReversibleEncryptionEnabled": "FALSE",
    "msDS-PasswordHistoryLength": 25,
    "msDS-MinimumPasswordAge": 0,
    "msDS-MaximumPasswordAge": 90 * DAY,
    "msDS-LockoutThreshold": 5,
    "msDS-LockoutObservationWindow": 30 * MINUTE,
    "msDS-LockoutDuration": 0,
}


def open_domain(smb_conf):
    parameters = LoadParm()
    parameters.load(smb_conf)
    return SamDB(session_info=system_session(), lp=parameters)


def add(db, dn, object_class, **attributes):
    values = {name: value if isinstance(value, bytes) else str(value) for name, value in attributes.items()}
    db.add({"dn": dn, "objectClass": object_class, **values})
    return dn


def replace(db, dn, attributes):
    message = ldb.Message(ldb.Dn(db, dn))
    for name, value in attributes.items():
        message[name] = ldb.MessageElement(str(value), ldb.FLAG_MOD_REPLACE, name)
    db.modify(message)


def sid_of(db, dn):
    found = db.search(base=dn, scope=ldb.SCOPE_BASE, attrs=["objectSid"])
    return ndr_unpack(security.dom_sid, found[0]["objectSid"][0])


def main():
    started = time.monotonic()
    db = open_domain(sys.argv[1])
    base = str(db.domain_dn())
    realm = str(db.domain_dns_name()).lower()
    staff, others, services, groups = (
        f"OU={unit},{base}" for unit in ("Anvandare", "Ovriga", "Tjanstekonton", "Grupper")
    )
    settings = f"CN=Password Settings Container,CN=System,{base}"

    db.transaction_start()
    replace(db, base, POLICY)
    for unit in (staff, others, services, groups):
        add(db, unit, "organizationalUnit")
    service = add(
        db, f"CN=svc-portvakt,{services}", "user",
        sAMAccountName="svc-portvakt",
        userPrincipalName=f"svc-portvakt@{realm}",
        userAccountControl=512 | 0x10000,  # its password never expires
        unicodePwd=f'"{os.environ["SERVICE_PASSWORD"]}"'.encode("utf-16-le"),
    )
    politicians = add(db, f"CN=Politiker,{groups}", "group", sAMAccountName="Politiker")
    add(db, f"CN=Undantagna,{groups}", "group", sAMAccountName="Undantagna")
    add(db, f"CN=Langre,{settings}", "msDS-PasswordSettings", **LONGER, **{"msDS-PSOAppliesTo": politicians})
    db.transaction_commit()

    rights, sid = SDUtils(db), sid_of(db, service)
    for right, attribute in RIGHTS:
        rights.dacl_add_ace(ldb.Dn(db, staff), f"(OA;CIIO;{right};{attribute};{USER};{sid})")
    rights.dacl_add_ace(ldb.Dn(db, settings), f"(A;CIOI;GR;;;{sid})")
    # Made last, so that it inherits what the service account may do.
    add(db, f"OU=Funktionskonton,{staff}", "organizationalUnit")
    print(f"seeded {realm} in {time.monotonic() - started:.2f} s")


main()
