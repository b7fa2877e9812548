#!/usr/bin/python3
"""Takes rights away in a Samba domain, and gives others, past the server: for what the self-check must notice.

usage: rights.py SMB_CONF take TRUSTEE WORD DN...  removes the entries of TRUSTEE (a sAMAccountName, PS for SELF, AU for
                                                   everybody) that hold WORD, such as an identifier; "-" for all
       rights.py SMB_CONF give TRUSTEE ACE DN...   puts an entry first, with TRUSTEE's identifier for {sid}
       rights.py SMB_CONF show DN                  prints the permissions

The interpreter is Debian's own, because the samba module is installed for that one only.
"""
import re
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils


def main():
    conf, verb, *rest = sys.argv[1:]
    parameters = LoadParm()
    parameters.load(conf)
    db = SamDB(session_info=system_session(), lp=parameters)
    utils, domain = SDUtils(db), security.dom_sid(db.get_domain_sid())

    def read(name):
        return utils.get_sd_as_sddl(ldb.Dn(db, name))

    if verb == "show":
        print(read(rest[0]))
        return
    trustee, word, *names = rest
    sid = trustee
    if trustee not in ("PS", "AU"):
        found = db.search(base=db.domain_dn(), scope=ldb.SCOPE_SUBTREE, expression=f"(sAMAccountName={trustee})", attrs=["objectSid"])
        sid = str(ndr_unpack(security.dom_sid, found[0]["objectSid"][0]))
    for name in names:
        permissions = read(name)
        if verb == "give":
            permissions = permissions.replace("(", word.replace("{sid}", sid) + "(", 1)
        else:
            def goes(entry):
                return entry.endswith(f";{sid})") and (word == "-" or word in entry)
            permissions = "".join(part for part in re.split(r"(\([^)]*\))", permissions) if not goes(part))
        descriptor = security.descriptor.from_sddl(permissions, domain)
        utils.modify_sd_on_dn(ldb.Dn(db, name), descriptor)


main()
