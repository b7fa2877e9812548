"""Protected accounts."""

from .stage import code, ldap, OTHER
from .table import row

HOLDER = "MS-ADTS 3.1.1.6.1: AdminSDHolder; Samba has none"

def privileged(t, group):
    u = t.user()
    dn = f"CN={group},{'CN=Builtin' if group == 'Account Operators' else 'CN=Users'},{t.base}"
    t.admin.modify_s(dn, [(ldap.MOD_ADD, "member", [u.dn.encode()])])
    return u

@row("protected.admin_count", "adminCount of a member of Domain Admins", "1", None, HOLDER)
def _(t): return privileged(t, "Domain Admins").get("adminCount")
@row("protected.reset", "reset of a member of Domain Admins inside the unit", "50", "0", HOLDER)
def _(t): return code(privileged(t, "Domain Admins").reset(OTHER))
@row("protected.nested", "reset of a member through a group", "50", "0", HOLDER)
def _(t):
    u = t.user()
    t.admin.modify_s(f"CN=Account Operators,CN=Builtin,{t.base}", [(ldap.MOD_ADD, "member", [t.group(u).dn.encode()])])
    return code(u.reset(OTHER))

@row("protected.unlock", "unlock of a member of Account Operators", "50", "0", HOLDER)
def _(t): return code(privileged(t, "Account Operators").lock().set(t.service, lockoutTime=0))
@row("protected.in_chain", "the in-chain rule finds it", 1)
def _(t):
    u = privileged(t, "Domain Admins")
    return t.find(f"(&(cn={u.login})(memberOf:1.2.840.113556.1.4.1941:=CN=Domain Admins,CN=Users,{t.base}))")
