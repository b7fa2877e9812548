"""The mark that a password must be changed."""

from .stage import filetime
from .table import row

@row("force.zero", "pwdLastSet 0", "0 0")
def _(t): u = t.user(); return f"{u.set(t.service, pwdLastSet=0)} {u.get('pwdLastSet')}"
@row("force.now", "pwdLastSet -1 is now", True)
def _(t): u = t.user(); u.set(pwdLastSet=0); u.set(t.service, pwdLastSet=-1); return abs(int(u.get("pwdLastSet")) - filetime()) < 60 * 10**7
@row("force.other", "any other value", "53/00000057", "80/00000057", "MS-SAMR 3.1.1.8.8: 0 or -1")
def _(t): return t.user().set(t.admin, pwdLastSet=12345)
