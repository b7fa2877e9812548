#!/usr/bin/python3
"""Writes attributes of an account that LDAP refuses to set, straight into the database of a Samba domain.

usage: backdate.py SMB_CONF ACCOUNT ATTRIBUTE=VALUE...

ACCOUNT is a sAMAccountName; ATTRIBUTE is pwdLastSet, lockoutTime, badPasswordTime or accountExpires. VALUE is a time
ago (`91d`, `31m`) or a number that is written as it is. It works while the controller runs.
"""
import sys
import time

import ldb
from samba import dsdb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

ATTRIBUTES = ("pwdLastSet", "lockoutTime", "badPasswordTime", "accountExpires")
SECONDS = {"d": 86400, "h": 3600, "m": 60}
EPOCH = 11644473600  # from 1601, where Active Directory counts from, to 1970
BYPASS = f"local_oid:{dsdb.DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID}:1"


def filetime(value):
    """A time ago as the directory writes it: 100 ns since 1601."""
    unit = SECONDS.get(value[-1])
    if unit is None:
        return value
    return str(int((time.time() - float(value[:-1]) * unit + EPOCH) * 10**7))


def main():
    smb_conf, account, *changes = sys.argv[1:]
    parameters = LoadParm()
    parameters.load(smb_conf)
    db = SamDB(session_info=system_session(), lp=parameters)
    expression = f"(sAMAccountName={ldb.binary_encode(account)})"
    found = db.search(base=db.domain_dn(), scope=ldb.SCOPE_SUBTREE, expression=expression, attrs=["dn"])
    if len(found) != 1:
        sys.exit(f"{len(found)} accounts are called {account}")
    message = ldb.Message(found[0].dn)
    for change in changes:
        attribute, value = change.split("=", 1)
        if attribute not in ATTRIBUTES:
            sys.exit(f"{attribute} is none of {', '.join(ATTRIBUTES)}")
        message[attribute] = ldb.MessageElement(filetime(value), ldb.FLAG_MOD_REPLACE, attribute)
    db.modify(message, controls=[BYPASS])


main()
