"""Attributes, and who may write them."""

from .stage import Account, attempt, code, guid, ldap, OTHER, quoted
from .table import row

@row("write.mobile", "mobile inside the unit", "0 +46701740605")
def _(t): u = t.user(); return f"{u.set(t.service, mobile='+46701740605')} {u.get('mobile')}"
@row("write.mobile_delete", "mobile replaced by nothing", "0 None")
def _(t): u = t.user(mobile="1"); return f"{u.set(t.service, mobile=None)} {u.get('mobile')}"
@row("write.mobile_empty", "mobile as an empty text", "21")
def _(t): return code(t.user().set(t.service, mobile=""))
@row("write.mobile_64", "mobile of 64 characters", "0")
def _(t): return t.user().set(t.service, mobile="1" * 64)
@row("write.mobile_65", "mobile of 65 characters", "19", "21", "MS-ADTS 3.1.1.3.1.5: rangeUpper is a constraint")
def _(t): return code(t.user().set(t.service, mobile="1" * 65))
@row("write.mobile_two", "mobile with two values", "19", "20", "MS-ADTS 3.1.1.3.1.5: single-valued is a constraint")
def _(t): return code(attempt(t.service.modify_s, t.user().dn, [(ldap.MOD_REPLACE, "mobile", [b"1", b"2"])]))
@row("write.mobile_outside", "mobile outside the unit", "50/00002098")
def _(t): return t.user(above=t.outside).set(t.service, mobile="1")
@row("write.other", "an attribute that was not delegated", "50/00002098")
def _(t): return t.user().set(t.service, telephoneNumber="1")
@row("write.flags", "userAccountControl", "50/00002098")
def _(t): return t.user().set(t.service, userAccountControl=514)
@row("write.unlock_outside", "lockoutTime outside the unit", "50/00002098")
def _(t): return t.user(above=t.outside).set(t.service, lockoutTime=0)
@row("write.group", "mobile of a group inside the unit", "50")
def _(t): return code(t.group().set(t.service, mobile="1"))
@row("write.unknown", "an attribute that the schema does not know", "16")
def _(t): return code(attempt(t.admin.modify_s, t.user().dn, [(ldap.MOD_REPLACE, "nosuchthing", [b"1"])]))
@row("write.missing", "an object that is not there", "32")
def _(t): return code(Account(t, "x", f"CN=ingen,{t.inside}", None).set(t.service, mobile="1"))
@row("write.by_guid", "by <GUID=…>", "0")
def _(t): u = t.user(); return Account(t, u.login, f"<GUID={guid(u)}>", None).set(t.service, mobile="1")
@row("write.own_mobile", "an account's own mobile (personal information)", "0")
def _(t): u = t.user(); return u.set(u.session(), mobile="1")
@row("write.add_by_service", "add as the service account", "50")
def _(t): return code(attempt(t.service.add_s, f"CN=ny,{t.inside}", [("objectClass", [b"user"]), ("sAMAccountName", [b"ny"])]))
@row("write.delete_by_service", "delete as the service account", "50")
def _(t): return code(attempt(t.service.delete_s, t.user().dn))
@row("write.same_login", "a login that is taken, in other capitals", "68/00000524", "68/00002071", "MS-SAMR 3.1.1.6 (text only)")
def _(t): u = t.user(); return attempt(t.user, login=u.login.upper(), cn=t.name())
@row("write.same_upn", "a principal name that is taken", "19/000021C8", "19/0000202F", "MS-ADTS 3.1.1.5.1.3 (text only)")
def _(t): u = t.user(); return attempt(t.user, userPrincipalName=f"{u.login}@kontrakt.test")
@row("write.star_in_login", "a login with a star", "error")
def _(t): return "error" if attempt(t.user, login="st*rn", cn=t.name()) != "0" else "0"
@row("write.rename", "a renamed account keeps its GUID", True)
def _(t):
    u = t.user()
    before = guid(u)
    t.admin.rename_s(u.dn, f"CN=Nytt {u.login}", t.outside)
    return guid(Account(t, u.login, f"CN=Nytt {u.login},{t.outside}", None)) == before

@row("write.enable_without_password", "an enabled account without a password", "53/0000052D", "0", "MS-SAMR 3.1.1.7.2: no password is a short one")
def _(t): return attempt(t.user, password=None, uac=512)
@row("atomic.right", "one allowed and one forbidden attribute", "50 None")
def _(t):
    u = t.user()
    changes = [(ldap.MOD_REPLACE, "mobile", [b"1"]), (ldap.MOD_REPLACE, "telephoneNumber", [b"1"])]
    return f"{code(attempt(t.service.modify_s, u.dn, changes))} {u.get('mobile')}"

@row("atomic.password_first", "a good password and a mobile that is too long", "error 0 49/52e")
def _(t):
    u = t.user()
    result = u.reset(OTHER, extra=[(ldap.MOD_REPLACE, "mobile", [b"1" * 65])])
    return f"{'error' if result != '0' else result} {u.bind()} {u.bind(OTHER)}"

@row("atomic.password_last", "a good mobile and a password that is too short", "error None")
def _(t):
    u = t.user()
    changes = [(ldap.MOD_REPLACE, "mobile", [b"1"]), (ldap.MOD_REPLACE, "unicodePwd", [quoted("kort")])]
    result = attempt(t.service.modify_s, u.dn, changes)
    return f"{'error' if result != '0' else result} {u.get('mobile')}"

@row("atomic.unlock", "an unlock beside a refused password", "error 49/775")
def _(t):
    u = t.user().lock()
    result = u.reset("kort", extra=[(ldap.MOD_REPLACE, "lockoutTime", [b"0"])])
    return f"{'error' if result != '0' else result} {u.bind()}"
