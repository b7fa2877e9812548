#!/usr/bin/python3
"""Adds many accounts to a Samba domain at once, straight into its database: over LDAP it would take an hour.

usage: crowd.py SMB_CONF UNIT COUNT

UNIT is the distinguished name of the unit that is made for them. Each has a name, a mail address, a department and a
password that was set on one of the last 30 days: nobody's ends within the next 30 where passwords live for 90.
"""
import sys
import time

import ldb
from samba import dsdb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

EPOCH = 11644473600  # from 1601, where Active Directory counts from, to 1970
DAY = 86400
BYPASS = f"local_oid:{dsdb.DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID}:1"


def main():
    smb_conf, unit, count = sys.argv[1:]
    parameters = LoadParm()
    parameters.load(smb_conf)
    db = SamDB(session_info=system_session(), lp=parameters)
    db.add({"dn": unit, "objectClass": "organizationalUnit"})
    db.transaction_start()
    for number in range(int(count)):
        name = f"skara{number:05d}"
        set_at = int((time.time() - (number % 29 + 1) * DAY + EPOCH) * 10**7)
        db.add({
            "dn": f"CN={name},{unit}",
            "objectClass": "user",
            "sAMAccountName": name,
            "userAccountControl": "512",
            "givenName": f"Åsa{number % 97}",
            "sn": f"Öberg{number}",
            "mail": f"{name}@staff.test",
            "department": f"Enhet {number % 50}",
        })
        message = ldb.Message(ldb.Dn(db, f"CN={name},{unit}"))
        message["pwdLastSet"] = ldb.MessageElement(str(set_at), ldb.FLAG_MOD_REPLACE, "pwdLastSet")
        db.modify(message, controls=[BYPASS])
        if number % 1000 == 999:
            print(f"   {number + 1} of {count} accounts", flush=True)
    db.transaction_commit()


main()
