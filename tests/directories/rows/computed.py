"""Attributes that the controller computes."""

from .stage import aged, code, EXPIRY, FLAGS, ldap, NEVER
from .table import row

@row("computed.flags_none", "computed flags of a sound account", "0")
def _(t): return t.user().get(FLAGS, t.service)
@row("computed.flags_locked", "computed flags of a locked account", "16")
def _(t): return t.user().lock().get(FLAGS, t.service)
@row("computed.flags_must_change", "computed flags with pwdLastSet 0", "8388608")
def _(t): u = t.user(); u.set(pwdLastSet=0); return u.get(FLAGS, t.service)
@row("computed.flags_expired", "computed flags of an expired password", "8388608")
def _(t): return aged(t).get(FLAGS, t.service)
@row("computed.expiry", "expiry is pwdLastSet and the domain's maximum age", 90 * 864000000000)
def _(t): u = t.user(); return int(u.get(EXPIRY, t.service)) - int(u.get("pwdLastSet"))
@row("computed.expiry_never", "expiry of a password that does not expire", str(NEVER))
def _(t): return t.user(uac=512 | 0x10000).get(EXPIRY, t.service)
@row("computed.expiry_zero", "expiry with pwdLastSet 0", "0")
def _(t): u = t.user(); u.set(pwdLastSet=0); return u.get(EXPIRY, t.service)
@row("computed.expiry_below", "expiry in a search of the unit", True)
def _(t):
    u = t.user()
    found = t.service.search_s(t.inside, ldap.SCOPE_SUBTREE, f"(sAMAccountName={u.login})", [EXPIRY])
    return found[0][1][EXPIRY][0].decode() == u.get(EXPIRY, t.service)

@row("computed.expiry_fine", "expiry is by the finer policy", 30 * 864000000000)
def _(t): u = t.user(); t.pso(u, msDS_MaximumPasswordAge=-30 * 864000000000); return int(u.get(EXPIRY, t.service)) - int(u.get("pwdLastSet"))
@row("computed.expiry_endless", "expiry by a finer policy without an end", str(NEVER))
def _(t): u = t.user(); t.pso(u, msDS_MaximumPasswordAge=-(2**63)); return u.get(EXPIRY, t.service)
@row("computed.expiry_zero_never", "expiry of a password that does not expire, with pwdLastSet 0", str(NEVER))
def _(t): u = t.user(uac=512 | 0x10000); u.set(pwdLastSet=0); return u.get(EXPIRY, t.service)
@row("computed.flags_unfilterable", "computed flags in a filter", 0)
def _(t): u = t.user().lock(); return t.find(f"(&(cn={u.login})({FLAGS}:1.2.840.113556.1.4.803:=16))")
@row("computed.expiry_unfilterable", "computed expiry in a filter", 0)
def _(t): u = t.user(); return t.find(f"(&(cn={u.login})({EXPIRY}>=0))")
@row("computed.token_groups", "tokenGroups holds groups of groups", True)
def _(t):
    u = t.user()
    outer = t.group(t.group(u))
    sid = t.admin.search_s(outer.dn, ldap.SCOPE_BASE, "(objectClass=*)", ["objectSid"])[0][1]["objectSid"][0]
    return sid in t.service.search_s(u.dn, ldap.SCOPE_BASE, "(objectClass=*)", ["tokenGroups"])[0][1]["tokenGroups"]

@row("computed.token_groups_below", "tokenGroups in a subtree search", "1")
def _(t): t.user(); return code(str(t.find("(objectCategory=person)", attributes=["tokenGroups"])))
@row("computed.writable", "allowedAttributesEffective inside the unit", ["lockoutTime", "mobile", "pwdLastSet"])
def _(t): return writable(t, t.user())
@row("computed.writable_outside", "allowedAttributesEffective outside", [])
def _(t): return writable(t, t.user(above=t.outside))


def writable(t, u):
    found = t.service.search_s(u.dn, ldap.SCOPE_BASE, "(objectClass=*)", ["allowedAttributesEffective"])[0][1]
    return sorted(name.decode() for name in found.get("allowedAttributesEffective", []))
