#!/usr/bin/python3
"""The contract of an Active Directory domain controller, one table, run against any of them.

Every row says what is done and what Windows answers; the practice directory must answer the same. Where Samba 4.17
answers otherwise, the row says that too, with the section of MS-ADTS or MS-SAMR that Windows follows.

    contract.py --url ldaps://127.0.0.1:636 --ca ca.pem --base DC=x,DC=test --admin administrator@x.test
                --admin-password … --service svc@x.test --service-password … --ou OU=Staff,DC=x,DC=test
                --kind practice|samba [--smb-conf FILE] [--only PREFIX]
    contract.py --differences

The service account must hold the delegation that the product asks for, on --ou and nowhere else. The script builds
its own accounts as administrator, sets the domain's policy, and puts everything back. An outcome is written
"result code/first code of the text", for binds "49/data". Python: Debian's own (python3-ldap), not a pyenv.
"""

import argparse
import sys

sys.dont_write_bytecode = True

from rows import (  # noqa: E402, F401, I001  (in the order of the table)
    binds, searches, computed, descriptors, resets, hints, changes, lockout, must_change, rights, policies, protected, tools,
)
from rows.stage import Test  # noqa: E402
from rows.table import ROWS, SAME, differences  # noqa: E402


def main():
    if "--differences" in sys.argv:
        return differences()
    parser = argparse.ArgumentParser()
    for name in ("url", "ca", "base", "admin", "admin-password", "service", "service-password", "ou"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--kind", choices=("practice", "samba"), required=True)
    parser.add_argument("--smb-conf", help="Samba only, on the same machine: for what no client can do")
    parser.add_argument("--only", default="", help="only rows whose name begins so")
    options = parser.parse_args()
    test, passed, failed = Test(options), 0, 0
    for name, what, expected, samba, _, run in ROWS:
        if not name.startswith(options.only):
            continue
        expected = samba if samba is not SAME and options.kind == "samba" else expected
        try:
            found = run(test)
        except Exception as error:  # a row that breaks is a row that fails; the others still tell something
            found = f"{type(error).__name__}: {error}"
        if found == expected:
            passed += 1
            print(f"ok    {name}: {what}")
        else:
            failed += 1
            print(f"FAIL  {name}: {what}: expected {expected!r}, found {found!r}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
