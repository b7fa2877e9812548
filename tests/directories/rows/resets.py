"""A password set by the service account."""

from .stage import Account, attempt, code, filetime, ldap, OTHER, PASSWORD, quoted, THIRD
from .table import HOW, row

NAMES = "MS-SAMR 3.1.1.7.2: no names in the password"

@row("reset.right", "reset inside the unit, then bind", "0 0")
def _(t): u = t.user(); return f"{u.reset(OTHER)} {u.bind(OTHER)}"
@row("reset.umlauts", "å counts as a class of its own", "0 0")
def _(t): u = t.user(); return f"{u.reset('åäöÅÄÖ12ab')} {u.bind('åäöÅÄÖ12ab')}"
@row("reset.emoji", "characters outside the basic plane", "0 0")
def _(t): u = t.user(); return f"{u.reset('Losen2026😀')} {u.bind('Losen2026😀')}"
@row("reset.longest", "256 characters", "0")
def _(t): return t.user().reset("Aa1-" * 64)
@row("reset.too_long", "257 characters", "53/0000052D", "0", "MS-SAMR 3.1.1.7.2")
def _(t): return t.user().reset("Aa1-" * 64 + "x")
@row("reset.short", "shorter than the policy", "53/0000052D", "19/0000052D", HOW)
def _(t): return t.user().reset("Aa1-xyz")
@row("reset.empty", "an empty password", "53/0000052D", "19/0000052D", HOW)
def _(t): return t.user().reset("")
@row("reset.simple", "two classes only", "53/0000052D", "19/0000052D", HOW)
def _(t): return t.user().reset("bara-gemena-har")
@row("reset.login_inside", "contains the login", "53/0000052D", "0", NAMES)
def _(t): u = t.user(); return u.reset(f"Xy-{u.login.upper()}-1")
@row("reset.display_inside", "contains a part of the display name", "53/0000052D", "0", NAMES)
def _(t): u = t.user(displayName="Anna-Stina Vall"); return u.reset("Sommar-STINA-1")
@row("reset.short_login_inside", "a login of two characters may be contained", "0")
def _(t): u = t.user(login="q" + t.run[0]); r = u.reset(f"Sommar-{u.login}-1"); t.admin.delete_s(u.dn); return r
@row("reset.unquoted", "without quotation marks", "19/00000057", "53/00002035", "MS-ADTS 3.1.1.3.1.5.1: constraintViolation")
def _(t): return raw_reset(t, OTHER.encode("utf-16-le"))
@row("reset.utf8", "UTF-8", "19/00000057", "53/00002035", "MS-ADTS 3.1.1.3.1.5.1: constraintViolation")
def _(t): return raw_reset(t, f'"{OTHER}"'.encode())
@row("reset.two_values", "two values at once", "error", "0", "MS-ADTS 3.1.1.3.1.5.1: a set has one value")
def _(t):
    u = t.user()
    changes = [(ldap.MOD_REPLACE, "unicodePwd", [quoted(OTHER), quoted(THIRD)])]
    return "error" if attempt(t.service.modify_s, u.dn, changes) != "0" else "0"

@row("reset.history", "an old password, without hints", "0")
def _(t): u = t.user(); u.reset(OTHER); return u.reset(PASSWORD)
@row("reset.young", "inside the minimum age, without hints", "0")
def _(t): u = t.user(); t.pso(u, msDS_MinimumPasswordAge=-864000000000); return u.reset(OTHER)
@row("reset.outside", "outside the unit", "50")
def _(t): return code(t.user(above=t.outside).reset(OTHER))
@row("reset.administrator", "the built-in administrator", "50")
def _(t): return code(Account(t, "Administrator", f"CN=Administrator,CN=Users,{t.base}", None).reset(OTHER))
@row("reset.own", "an account's own password", "50")
def _(t): u = t.user(); return code(u.reset(OTHER, connection=u.session()))
@row("reset.stranger", "by an account without rights", "50")
def _(t): return code(t.user().reset(OTHER, connection=t.user().session()))
@row("reset.locked_stays", "a locked account stays locked", "0 49/775")
def _(t): u = t.user().lock(); return f"{u.reset(OTHER)} {u.bind(OTHER)}"
@row("reset.with_unlock", "with lockoutTime 0 in the same request", "0 0")
def _(t): u = t.user().lock(); return f"{u.reset(OTHER, extra=[(ldap.MOD_REPLACE, 'lockoutTime', [b'0'])])} {u.bind(OTHER)}"
@row("reset.with_must_change", "with pwdLastSet 0 in the same request", "0 49/773")
def _(t): u = t.user(); return f"{u.reset(OTHER, extra=[(ldap.MOD_REPLACE, 'pwdLastSet', [b'0'])])} {u.bind(OTHER)}"
@row("reset.disabled", "a disabled account", "0 49/533")
def _(t): u = t.user(uac=514); return f"{u.reset(OTHER)} {u.bind(OTHER)}"
@row("reset.ends_must_change", "pwdLastSet becomes now (Unexpire-Password)", True)
def _(t): u = t.user(); u.set(pwdLastSet=0); u.reset(OTHER); return abs(int(u.get("pwdLastSet")) - filetime()) < 60 * 10**7


def raw_reset(t, value):
    return attempt(t.service.modify_s, t.user().dn, [(ldap.MOD_REPLACE, "unicodePwd", [value])])
