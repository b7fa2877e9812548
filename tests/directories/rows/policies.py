"""Fine-grained policies (PSO)."""

from .stage import Account, EXPIRY, ldap, OTHER, WRONG
from .table import HOW, row

def resultant(u, connection=None):
    found = u.get("msDS-ResultantPSO", connection)
    return found and found.lower()

@row("pso.none", "msDS-ResultantPSO without one", None)
def _(t): return resultant(t.user())
@row("pso.direct", "linked to the account", True)
def _(t): u = t.user(); dn = t.pso(u); return resultant(u, t.service) == dn.lower()
@row("pso.group", "linked to a group of a group", True)
def _(t): u = t.user(); dn = t.pso(t.group(t.group(u))); return resultant(u, t.service) == dn.lower()
@row("pso.precedence", "the lower precedence wins", True)
def _(t): u = t.user(); g = t.group(u); t.pso(g, precedence=20); dn = t.pso(g, precedence=5); return resultant(u) == dn.lower()
@row("pso.direct_first", "a direct link wins over a group's lower precedence", True)
def _(t): u = t.user(); t.pso(t.group(u), precedence=5); dn = t.pso(u, precedence=50); return resultant(u) == dn.lower()
@row("pso.length", "its length holds for a reset", "53/0000052D", "19/0000052D", HOW)
def _(t): u = t.user(); t.pso(u, msDS_MinimumPasswordLength=20); return u.reset(OTHER)
@row("pso.complexity", "without complexity", "0")
def _(t): u = t.user(); t.pso(u, msDS_PasswordComplexityEnabled="FALSE"); return u.reset("bara-gemena-har")
@row("pso.threshold", "its threshold holds", "49/52e 49/52e 49/775")
def _(t): u = t.user(); t.pso(u, msDS_LockoutThreshold=2); return " ".join(u.bind(WRONG) for _ in range(3))
@row("pso.expiry", "its maximum age shows in the computed expiry", 30 * 864000000000)
def _(t): u = t.user(); t.pso(u, msDS_MaximumPasswordAge=-30 * 864000000000); return int(u.get(EXPIRY)) - int(u.get("pwdLastSet"))
@row("pso.applied", "msDS-PSOApplied is the back link", True)
def _(t): u = t.user(); dn = t.pso(u); return u.get("msDS-PSOApplied").lower() == dn.lower()
@row("pso.stranger", "an account without the right cannot read it", None)
def _(t):
    u = t.user()
    dn, c = t.pso(u), u.session()
    found = t.find("(objectClass=*)", base=dn, scope=ldap.SCOPE_BASE, connection=c)
    return Account(t, "", dn, None).get("msDS-MinimumPasswordLength", c) if found == 1 else None
