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
import atexit
import base64
import os
import subprocess
import sys
import tempfile
import time
import uuid

ROWS = []
SAME = object()  # Samba answers as Windows does


def row(name, what, expected, samba=SAME, section=""):
    """Puts a function into the table: what it returns is compared with what is expected."""

    def take(run):
        ROWS.append((name, what, expected, samba, section, run))
        return run

    return take


def differences():
    print("| row | what is done | Windows, practice directory | Samba 4.17 | Windows follows |")
    print("| --- | --- | --- | --- | --- |")
    for name, what, expected, samba, section, _ in ROWS:
        if samba is not SAME:
            print(f"| `{name}` | {what} | `{expected}` | `{samba}` | {section} |")


if "--differences" not in sys.argv:
    import ldap
    import ldap.modlist
    from ldap.controls import LDAPControl, RequestControl, SimplePagedResultsControl
    from ldap.filter import escape_filter_chars

HINTS, HINTS_DEPRECATED = "1.2.840.113556.1.4.2239", "1.2.840.113556.1.4.2066"
TREE_DELETE = "1.2.840.113556.1.4.805"
NEVER = 0x7FFFFFFFFFFFFFFF
PASSWORD, OTHER, THIRD = "Start-Losen2026", "Andra-Losen2027", "Tredje-Losen2028"
WRONG = "Fel-Losen-99"
POLICY = {
    "minPwdLength": 8, "pwdProperties": 1, "pwdHistoryLength": 5, "minPwdAge": 0, "maxPwdAge": -90 * 864000000000,
    "lockoutThreshold": 5, "lockoutDuration": -18000000000, "lockOutObservationWindow": -18000000000,
}
PSO = {
    "msDS-PasswordReversibleEncryptionEnabled": "FALSE", "msDS-PasswordComplexityEnabled": "TRUE",
    "msDS-PasswordHistoryLength": 5, "msDS-MinimumPasswordLength": 8, "msDS-MinimumPasswordAge": 0,
    "msDS-MaximumPasswordAge": -90 * 864000000000, "msDS-LockoutThreshold": 5,
    "msDS-LockoutObservationWindow": -18000000000, "msDS-LockoutDuration": -18000000000,
}


def quoted(password):
    return ('"%s"' % password).encode("utf-16-le")


def text(value):
    return value if isinstance(value, bytes) else str(value).encode()


def outcome(error):
    """The result code, and the code that the text begins with or names as data."""
    info = error.args[0]
    code, message = info.get("result", info.get("desc")), info.get("info", "")
    if " data " in message and code == 49:
        return "49/" + message.split(" data ")[1].split(",")[0]
    head = message.split(":")[0]
    return f"{code}/{head}" if len(head) == 8 and all(c in "0123456789ABCDEFabcdef" for c in head) else str(code)


def code(result):
    """Only the result code: where the texts differ and nobody reads them."""
    return result.split("/")[0]


def attempt(act, *args, **kwargs):
    try:
        act(*args, **kwargs)
        return "0"
    except ldap.LDAPError as error:
        return outcome(error)


class Account:
    def __init__(self, test, login, dn, password):
        self.test, self.login, self.dn, self.password = test, login, dn, password

    def bind(self, password=None, name=None):
        connection = self.test.connect()
        try:
            return attempt(connection.simple_bind_s, name or self.dn, self.password if password is None else password)
        finally:
            connection.unbind_s()

    def session(self, password=None):
        connection = self.test.connect()
        connection.simple_bind_s(self.dn, password or self.password)
        return connection

    def get(self, attribute, connection=None):
        found = (connection or self.test.admin).search_s(self.dn, ldap.SCOPE_BASE, "(objectClass=*)", [attribute])
        values = found[0][1].get(attribute, [])
        return values[0].decode() if values else None

    def set(self, connection=None, **values):
        changes = [(ldap.MOD_REPLACE, k.replace("_", "-"), [text(v)] if v is not None else None) for k, v in values.items()]
        return attempt((connection or self.test.admin).modify_s, self.dn, changes)

    def reset(self, password, controls=None, connection=None, extra=()):
        changes = [(ldap.MOD_REPLACE, "unicodePwd", [quoted(password)]), *extra]
        return attempt((connection or self.test.service).modify_ext_s, self.dn, changes, serverctrls=controls)

    def change(self, old, new, connection=None):
        changes = [(ldap.MOD_DELETE, "unicodePwd", [quoted(old)]), (ldap.MOD_ADD, "unicodePwd", [quoted(new)])]
        return attempt((connection or self.test.service).modify_s, self.dn, changes)

    def lock(self):
        for _ in range(5):
            self.bind(WRONG)
        return self


class Test:
    """Connections, and accounts that are made for one row and removed at the end."""

    def __init__(self, options):
        self.options, self.count, self.kind = options, 0, options.kind
        self.run = uuid.uuid4().hex[:5]
        self.admin = self.connect(options.admin, options.admin_password)
        self.service = self.connect(options.service, options.service_password)
        self.base = options.base
        self.inside = f"OU=Kontrakt {self.run},{options.ou}"
        self.outside = f"OU=Utanfor {self.run},{options.base}"
        self.psos = f"CN=Password Settings Container,CN=System,{options.base}"
        self.made_psos = []
        for dn in (self.inside, self.outside):
            self.admin.add_s(dn, [("objectClass", [b"organizationalUnit"])])
        head = self.admin.search_s(self.base, ldap.SCOPE_BASE, "(objectClass=*)", list(POLICY))[0][1]
        self.policy_before = {name: head[name][0] for name in POLICY if name in head}
        self.policy(**POLICY)
        atexit.register(self.clean)

    def connect(self, name=None, password=None):
        connection = ldap.initialize(self.options.url)
        connection.set_option(ldap.OPT_PROTOCOL_VERSION, 3)
        connection.set_option(ldap.OPT_REFERRALS, 0)
        connection.set_option(ldap.OPT_X_TLS_CACERTFILE, self.options.ca)
        connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
        connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
        connection.set_option(ldap.OPT_NETWORK_TIMEOUT, 10)
        connection.set_option(ldap.OPT_TIMEOUT, 120)
        if name:
            connection.simple_bind_s(name, password)
        return connection

    def policy(self, **values):
        self.admin.modify_s(self.base, [(ldap.MOD_REPLACE, k, [text(v)]) for k, v in values.items()])

    def clean(self):
        for dn in self.made_psos:
            attempt(self.admin.delete_s, dn)
        for dn in (self.inside, self.outside):
            attempt(self.admin.delete_ext_s, dn, serverctrls=[LDAPControl(TREE_DELETE, True)])
        self.policy(**self.policy_before)

    def name(self):
        self.count += 1
        return f"k{self.run}{self.count:03d}"

    def user(self, password=PASSWORD, uac=512, above=None, cn=None, login=None, **values):
        login = login or self.name()
        dn = f"CN={cn or login},{above or self.inside}"
        entry = {"objectClass": "user", "sAMAccountName": login, "userPrincipalName": f"{login}@kontrakt.test",
                 "userAccountControl": uac, **values}
        if password:
            entry["unicodePwd"] = quoted(password)
        self.admin.add_s(dn, [(name, [text(value)]) for name, value in entry.items()])
        return Account(self, login, dn, password)

    def group(self, *members, above=None):
        login = self.name()
        dn = f"CN={login},{above or self.inside}"
        entry = [("objectClass", [b"group"]), ("sAMAccountName", [login.encode()])]
        if members:
            entry.append(("member", [member.dn.encode() for member in members]))
        self.admin.add_s(dn, entry)
        return Account(self, login, dn, None)

    def pso(self, *targets, precedence=10, **values):
        dn = f"CN={self.name()},{self.psos}"
        entry = {**PSO, "msDS-PasswordSettingsPrecedence": precedence}
        entry.update({name.replace("_", "-"): value for name, value in values.items()})
        entry = [("objectClass", [b"msDS-PasswordSettings"])] + [(k, [text(v)]) for k, v in entry.items()]
        entry.append(("msDS-PSOAppliesTo", [target.dn.encode() for target in targets]))
        self.admin.add_s(dn, entry)
        self.made_psos.append(dn)
        return dn

    def find(self, condition, base=None, scope=None, attributes=("cn",), connection=None):
        """The number of entries, or the error."""
        scope = ldap.SCOPE_SUBTREE if scope is None else scope
        try:
            found = (connection or self.service).search_s(base or self.inside, scope, condition, list(attributes))
            return len([entry for entry in found if entry[0]])
        except ldap.LDAPError as error:
            return outcome(error)

    def crowd(self):
        """More objects than one page holds, made once."""
        if not hasattr(self, "crowd_dn"):
            self.crowd_dn = f"OU=Mangd,{self.inside}"
            self.admin.add_s(self.crowd_dn, [("objectClass", [b"organizationalUnit"])])
            for n in range(1005):
                self.admin.add_s(f"CN=m{n:04d},{self.crowd_dn}", [("objectClass", [b"container"])])
        return self.crowd_dn

    def tool(self, name, *arguments, who=None, password=None, ca=None, data=None):
        """The exit code and output of a command line tool."""
        command = [name, "-x", "-H", self.options.url, "-D", who or self.options.service,
                   "-w", password or self.options.service_password, *arguments]
        environment = {**os.environ, "LDAPTLS_CACERT": ca or self.options.ca, "LDAPTLS_REQCERT": "demand", "LDAPCONF": "/dev/null"}
        done = subprocess.run(command, env=environment, input=data, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr


# --- binds -----------------------------------------------------------------------------------------------------------

@row("bind.dn", "bind by DN", "0")
def _(t): return t.user().bind()
@row("bind.upn", "bind by userPrincipalName", "0")
def _(t): u = t.user(); return u.bind(name=f"{u.login.upper()}@Kontrakt.Test")
@row("bind.implicit_upn", "bind by login@domain, which is not the stored principal name", "0")
def _(t): u = t.user(); return u.bind(name=f"{u.login}@{domain(t)}")
@row("bind.netbios", "bind by DOMAIN\\login", "0")
def _(t): u = t.user(); return u.bind(name=f"{domain(t).split('.')[0].upper()}\\{u.login}")
@row("bind.foreign_netbios", "bind by OTHER\\login", "49/52e")
def _(t): u = t.user(); return u.bind(name=f"ANNAN\\{u.login}")
@row("bind.display_name", "bind by a display name that one account has", "0", "49/52e", "MS-ADTS 5.1.1.1.1")
def _(t): u = t.user(displayName="Enda Sitt Slag"); return u.bind(name="Enda Sitt Slag")
@row("bind.plain_login", "bind by the login alone", "49/52e")
def _(t): u = t.user(); return u.bind(name=u.login)
@row("bind.unknown", "bind by a name that nobody has", "49/52e")
def _(t): return t.user().bind(name="ingen@kontrakt.test")
@row("bind.wrong", "bind with a wrong password", "49/52e")
def _(t): return t.user().bind(WRONG)
@row("bind.empty_password", "bind with a name and an empty password", "0", "49/52e", "MS-ADTS 5.1.1.1.1, RFC 4513 5.1.2: an unauthenticated bind")
def _(t): return t.user().bind("")
@row("bind.empty_password_is_nobody", "search after a bind with an empty password", "1/000004DC", "49/52e", "MS-ADTS 5.1.1.1.1")
def _(t):
    c, u = t.connect(), t.user()
    bound = attempt(c.simple_bind_s, u.dn, "")
    return t.find("(objectClass=*)", connection=c) if bound == "0" else bound

@row("bind.anonymous", "bind without name and password", "0")
def _(t): return attempt(t.connect().simple_bind_s, "", "")
@row("bind.anonymous_root", "rootDSE without a bind", 1)
def _(t): return len(t.connect().search_s("", ldap.SCOPE_BASE))
@row("bind.anonymous_search", "search without a bind", "1/000004DC", "1/00002020", "MS-ADTS 5.1.1.1.1 (text only)")
def _(t): return t.find("(objectClass=*)", connection=t.connect())
@row("bind.anonymous_write", "modify without a bind", "1/000004DC", "1/00002020", "MS-ADTS 5.1.1.1.1 (text only)")
def _(t): u = t.user(); return u.set(t.connect(), mobile="1")
@row("bind.failed_is_nobody", "search after a bind that failed on a connection that was signed in", "1", "0 with 1", "RFC 4511 4.2.1; Samba stays signed in")
def _(t): u = t.user(); c = u.session(); attempt(c.simple_bind_s, u.dn, WRONG); return told(t.find("(objectClass=*)", base=u.dn, connection=c))
@row("bind.locked_right", "bind to a locked account, right password", "49/775")
def _(t): return t.user().lock().bind()
@row("bind.locked_wrong", "bind to a locked account, wrong password", "49/775")
def _(t): return t.user().lock().bind(WRONG)
@row("bind.disabled_right", "bind to a disabled account, right password", "49/533")
def _(t): return t.user(uac=514).bind()
@row("bind.disabled_wrong", "bind to a disabled account, wrong password", "49/52e")
def _(t): return t.user(uac=514).bind(WRONG)
@row("bind.account_expired", "bind to an expired account, right password", "49/701")
def _(t): return t.user(accountExpires=filetime(-86400)).bind()
@row("bind.account_expired_wrong", "bind to an expired account, wrong password", "49/52e")
def _(t): return t.user(accountExpires=filetime(-86400)).bind(WRONG)
@row("bind.must_change", "bind with a password that must be changed", "49/773")
def _(t): u = t.user(); u.set(pwdLastSet=0); return u.bind()
@row("bind.must_change_wrong", "the same with a wrong password", "49/52e")
def _(t): u = t.user(); u.set(pwdLastSet=0); return u.bind(WRONG)
@row("bind.must_change_unaged", "pwdLastSet 0 on an account whose password does not expire", "0")
def _(t): u = t.user(uac=512 | 0x10000); u.set(pwdLastSet=0); return u.bind()
@row("bind.expired", "bind with an expired password", "49/532")
def _(t): return aged(t).bind()
@row("bind.expired_wrong", "the same with a wrong password", "49/52e")
def _(t): return aged(t).bind(WRONG)
@row("bind.hours", "bind outside logonHours", "49/530")
def _(t): return t.user(logonHours=bytes(21)).bind()
@row("bind.hours_wrong", "the same with a wrong password", "49/52e")
def _(t): return t.user(logonHours=bytes(21)).bind(WRONG)
@row("bind.workstations", "bind from a machine that userWorkstations does not name", "49/531")
def _(t): return t.user(userWorkstations="KASSA1").bind()


def told(found):
    return f"0 with {found}" if isinstance(found, int) else code(found)


def domain(t):
    return ".".join(part.split("=")[1] for part in t.base.split(",")).lower()


def filetime(seconds=0):
    return int((time.time() + seconds + 11644473600) * 10**7)


def aged(t):
    """An account whose password has expired: by a policy of one second; in Samba, which takes up to a day for never,
    by a date written past the server."""
    u = t.user()
    if t.kind == "samba":
        backdate(t, u, filetime(-100 * 86400))
    else:
        t.pso(u, msDS_MaximumPasswordAge=-10000000)
        until(lambda: u.get(FLAGS) != "0")
    return u


def backdate(t, u, when):
    from samba import dsdb
    from samba.auth import system_session
    from samba.param import LoadParm
    from samba.samdb import SamDB

    parameters = LoadParm()
    parameters.load(t.options.smb_conf)
    database = SamDB(session_info=system_session(), lp=parameters)
    database.modify_ldif(f"dn: {u.dn}\nchangetype: modify\nreplace: pwdLastSet\npwdLastSet: {when}\n",
                         controls=[f"local_oid:{dsdb.DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID}:1"])


def until(holds):
    """Waits for what time brings; Samba counts in whole seconds."""
    for _ in range(50):
        if holds():
            return
        time.sleep(0.1)


# --- searches --------------------------------------------------------------------------------------------------------

@row("find.login", "sAMAccountName in other capitals", 1)
def _(t): u = t.user(); return t.find(f"(sAMAccountName={u.login.upper()})")
@row("find.upn", "userPrincipalName in other capitals", 1)
def _(t): u = t.user(); return t.find(f"(userPrincipalName={u.login.upper()}@KONTRAKT.test)")
@row("find.mail", "mail in other capitals", 1)
def _(t): u = t.user(mail="Nagon.Annan@Kontrakt.Test"); return t.find("(mail=nagon.annan@kontrakt.test)")
@row("find.any_of_three", "login, principal name or mail in one filter", 1)
def _(t): u = t.user(); return t.find(f"(|(sAMAccountName={u.login})(userPrincipalName={u.login})(mail={u.login}))")
@row("find.netbios_is_no_login", "DOMAIN\\login as sAMAccountName", 0)
def _(t): u = t.user(); return t.find(f"(sAMAccountName={escape_filter_chars('X' + chr(92) + u.login)})")
@row("find.escaped", "a login with parentheses, escaped", 1)
def _(t): u = t.user(login=f"lisa(x){t.name()[-5:]}"); return t.find(f"(sAMAccountName={escape_filter_chars(u.login)})")
@row("find.star_is_text", "an escaped star is no wildcard", 0)
def _(t): t.user(); return t.find("(sAMAccountName=k\\2a)")
@row("find.prefix", "a wildcard finds", True)
def _(t): u = t.user(); return t.find(f"(sAMAccountName={u.login[:-1]}*)") >= 1
@row("find.middle", "a wildcard on both sides and in other capitals", 1)
def _(t): t.user(displayName="Hans-Åke Mellanlund"); return t.find("(displayName=hans*MELLAN*d)")
@row("find.ring_case", "å in other capitals", 1)
def _(t): t.user(sn="Åströmssonen"); return t.find("(sn=åSTRÖMSSONEN)")
@row("find.ring_folded", "å and ö without their marks", 1, 0, "MS-ADTS 6.5: strings are compared without diacritics")
def _(t): t.user(sn="Åkerblöm"); return t.find("(sn=akerblom)")
@row("find.category", "objectCategory=person", 1)
def _(t): u = t.user(); return t.find(f"(&(objectCategory=person)(sAMAccountName={u.login}))")
@row("find.class", "objectClass of every ancestor", 1)
def _(t): u = t.user(); return t.find(f"(&(objectClass=top)(objectClass=organizationalPerson)(objectClass=USER)(cn={u.login}))")
@row("find.bit_and", "bit rule 803 on userAccountControl", 1)
def _(t): u = t.user(uac=514); return t.find(f"(&(cn={u.login})(userAccountControl:1.2.840.113556.1.4.803:=2))")
@row("find.bit_and_not", "bit rule 803 with a bit that is not set", 0)
def _(t): u = t.user(); return t.find(f"(&(cn={u.login})(userAccountControl:1.2.840.113556.1.4.803:=514))")
@row("find.bit_or", "bit rule 804", 1)
def _(t): u = t.user(); return t.find(f"(&(cn={u.login})(userAccountControl:1.2.840.113556.1.4.804:=514))")
@row("find.in_chain", "members through two groups, rule 1941", 1)
def _(t): u = t.user(); g = t.group(t.group(u)); return t.find(f"(&(cn={u.login})(memberOf:1.2.840.113556.1.4.1941:={g.dn}))")
@row("find.member_of", "memberOf sees only the next group", 0)
def _(t): u = t.user(); g = t.group(t.group(u)); return t.find(f"(&(cn={u.login})(memberOf={g.dn}))")
@row("find.groups_in_chain", "groups that reach an account, rule 1941 on member", 2)
def _(t): u = t.user(); t.group(t.group(u)); return t.find(f"(member:1.2.840.113556.1.4.1941:={u.dn})")
@row("find.range", "greater and less on pwdLastSet", 1)
def _(t): u = t.user(); return t.find(f"(&(cn={u.login})(pwdLastSet>=1)(pwdLastSet<={NEVER}))")
@row("find.absent", "not of an attribute without value", 1)
def _(t): u = t.user(); return t.find(f"(&(cn={u.login})(!(mail=x))(!(mobile=*)))")
@row("find.unknown_attribute", "an attribute that the schema does not know", 0)
def _(t): u = t.user(); return t.find(f"(&(cn={u.login})(nosuchthing=1))")
@row("find.not_unknown", "its negation", 0, 1, "MS-ADTS 3.1.1.3.1.3.1, RFC 4511 4.5.1.7: undefined stays undefined under not")
def _(t): u = t.user(); return t.find(f"(&(cn={u.login})(!(nosuchthing=1)))")
@row("find.anr", "ambiguous name resolution", 1)
def _(t): t.user(givenName="Xantippa", sn="Frost"); return t.find("(anr=xantip)")
@row("find.one_level", "one level does not look below", 0)
def _(t): u = t.user(); return t.find(f"(cn={u.login})", base=t.options.ou, scope=ldap.SCOPE_ONELEVEL)
@row("find.guid_dashed", "base <GUID=…> with dashes", 1)
def _(t): return t.find("(objectClass=*)", base=f"<GUID={guid(t.user())}>", scope=ldap.SCOPE_BASE)
@row("find.guid_raw", "base <GUID=…> as octets", 1)
def _(t): return t.find("(objectClass=*)", base=f"<GUID={guid(t.user()).bytes_le.hex()}>", scope=ldap.SCOPE_BASE)
@row("find.guid_filter", "objectGUID as escaped octets", 1)
def _(t): return t.find("(objectGUID=%s)" % "".join(f"\\{b:02x}" for b in guid(t.user()).bytes_le))
@row("find.guid_gone", "base <GUID=…> of nobody", "32")
def _(t): return code(t.find("(objectClass=*)", base=f"<GUID={uuid.uuid4()}>", scope=ldap.SCOPE_BASE))
@row("find.no_base", "a base that does not exist", "32")
def _(t): return code(t.find("(objectClass=*)", base=f"CN=ingen,{t.inside}"))
@row("find.matched_dn", "matchedDN of a base that does not exist", True, False, "MS-ADTS 3.1.1.3.1.3: matchedDN is the nearest ancestor")
def _(t):
    try:
        t.service.search_s(f"CN=ingen,CN=heller,{t.inside}", ldap.SCOPE_BASE)
    except ldap.NO_SUCH_OBJECT as error:
        return error.args[0].get("matched", "").lower() == t.inside.lower()

@row("find.bad_base", "a base that is no name", "34")
def _(t): return code(t.find("(objectClass=*)", base="inte ett namn"))
@row("find.no_attributes", "attribute list 1.1", 0)
def _(t): u = t.user(); return len(t.service.search_s(u.dn, ldap.SCOPE_BASE, "(objectClass=*)", ["1.1"])[0][1])
@row("find.star", "* shows no computed attribute and no password", [])
def _(t):
    u = t.user()
    shown = t.service.search_s(u.dn, ldap.SCOPE_BASE, "(objectClass=*)", ["*"])[0][1]
    return [name for name in shown if name.startswith("msDS-") or name in ("tokenGroups", "unicodePwd")]

@row("find.password_unreadable", "unicodePwd asked for by name, as administrator", None)
def _(t): return t.user().get("unicodePwd")
@row("find.password_unfilterable", "unicodePwd in a filter", 0)
def _(t): t.user(); return t.find("(unicodePwd=*)", connection=t.admin)
@row("find.capitals", "attribute names come back as the schema writes them", "sAMAccountName")
def _(t): u = t.user(); return list(t.service.search_s(u.dn, ldap.SCOPE_BASE, "(objectClass=*)", ["SAMACCOUNTNAME"])[0][1])[0]
@row("page.unpaged", "1006 objects without paging", "4 with 1000", "0 with 1006", "MS-ADTS 3.1.1.3.4.6: MaxPageSize")
def _(t): return limited(t, 0)
@row("page.size_limit", "a client's size limit of 10", "4 with 10", "0 with 1006", "RFC 4511 4.5.1.4; Samba ignores it")
def _(t): return limited(t, 10)
@row("page.all", "pages of 100 until the cookie is empty", "1006 in 11")
def _(t): return paged(t, 100)
@row("page.too_large", "pages of 5000 hold no more than MaxPageSize", "1006 in 2", "1006 in 1", "MS-ADTS 3.1.1.3.4.6: MaxPageSize")
def _(t): return paged(t, 5000)
@row("page.bad_cookie", "a cookie that the server never gave", "12", "53", "RFC 2696 3; seen on Windows as 00000057")
def _(t):
    control = SimplePagedResultsControl(True, size=10, cookie=b"\x01\x02\x03")
    return code(attempt(lambda: t.service.result3(t.service.search_ext(t.inside, ldap.SCOPE_SUBTREE, serverctrls=[control]))))

@row("root.controls", "policy hints among the supported controls", True, False, "MS-ADTS 3.1.1.3.4.1.27")
def _(t): return HINTS.encode() in t.connect().search_s("", ldap.SCOPE_BASE, "(objectClass=*)", ["supportedControl"])[0][1]["supportedControl"]
@row("root.context", "defaultNamingContext", True)
def _(t): return t.connect().search_s("", ldap.SCOPE_BASE)[0][1]["defaultNamingContext"][0].decode().lower() == t.base.lower()
@row("root.unknown_extended", "an extended operation that nobody knows", "2")
def _(t): return code(attempt(t.service.extop_s, ldap.extop.ExtendedRequest("1.2.3.4", b"")))


def guid(u):
    found = u.test.admin.search_s(u.dn, ldap.SCOPE_BASE, "(objectClass=*)", ["objectGUID"])
    return uuid.UUID(bytes_le=found[0][1]["objectGUID"][0])


def limited(t, limit):
    request = t.service.search_ext(t.crowd(), ldap.SCOPE_SUBTREE, "(objectClass=*)", ["cn"], sizelimit=limit)
    entries, result = 0, 0
    try:
        while True:
            kind, data = t.service.result(request, all=0)
            entries += len(data)
            if kind == ldap.RES_SEARCH_RESULT:
                break
    except ldap.SIZELIMIT_EXCEEDED:
        result = 4
    return f"{result} with {entries}"


def paged(t, size):
    control = SimplePagedResultsControl(True, size=size, cookie="")
    seen, pages = set(), 0
    while True:
        request = t.service.search_ext(t.crowd(), ldap.SCOPE_SUBTREE, "(objectClass=*)", ["cn"], serverctrls=[control])
        _, data, _, controls = t.service.result3(request)
        seen.update(dn for dn, _ in data)
        pages += 1
        control.cookie = next(c.cookie for c in controls if c.controlType == SimplePagedResultsControl.controlType)
        if not control.cookie:
            return f"{len(seen)} in {pages}"


# --- computed attributes ---------------------------------------------------------------------------------------------

FLAGS, EXPIRY = "msDS-User-Account-Control-Computed", "msDS-UserPasswordExpiryTimeComputed"

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


# --- reset -----------------------------------------------------------------------------------------------------------

HOW = "MS-ADTS 3.1.1.3.1.5.1: a set that breaks policy is unwillingToPerform"
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


# --- policy hints ----------------------------------------------------------------------------------------------------

LONG, SHORT = bytes.fromhex("308400000003020101"), bytes.fromhex("3003020101")
UNKNOWN = "MS-ADTS 3.1.1.3.4.1.27: the control is not in Samba"

def hinted(t, value=SHORT, oid=HINTS, critical=True, new=PASSWORD, **policy):
    u = t.user()
    if policy:
        t.pso(u, **policy)
    u.reset(OTHER)
    return u.reset(new, controls=[LDAPControl(oid, critical, encodedControlValue=value)])

@row("hints.history", "an old password with hints", "53/0000052D", "12", UNKNOWN)
def _(t): return hinted(t)
@row("hints.deprecated", "the same with the older identifier", "53/0000052D", "12", UNKNOWN)
def _(t): return hinted(t, oid=HINTS_DEPRECATED)
@row("hints.long_form", "the same in Microsoft's form of length", "53/0000052D", "12", UNKNOWN)
def _(t): return hinted(t, LONG)
@row("hints.optional", "the same, not critical", "53/0000052D", "0", UNKNOWN)
def _(t): return hinted(t, critical=False)
@row("hints.new", "a new password with hints", "0", "12", UNKNOWN)
def _(t): return hinted(t, new=THIRD)
@row("hints.young", "inside the minimum age with hints", "53/0000052D", "12", UNKNOWN)
def _(t): return hinted(t, new=THIRD, msDS_MinimumPasswordAge=-864000000000)
@row("hints.off", "flags 0: history does not count", "0", "12", UNKNOWN)
def _(t): return hinted(t, bytes.fromhex("3003020100"))
@row("hints.malformed", "a value that is no sequence", "12")
def _(t): return code(hinted(t, b"\x02\x01\x01"))
@row("hints.unknown_control", "a critical control that nobody knows", "12")
def _(t): return code(hinted(t, oid="1.2.3.4.5"))


# --- change ----------------------------------------------------------------------------------------------------------

@row("change.own", "as the account itself", "0 0")
def _(t): u = t.user(); return f"{u.change(PASSWORD, OTHER, u.session())} {u.bind(OTHER)}"
@row("change.by_service", "over the service connection", "0 0")
def _(t): u = t.user(); return f"{u.change(PASSWORD, OTHER)} {u.bind(OTHER)}"
@row("change.must_change", "of a password that must be changed", "0 0")
def _(t): u = t.user(); u.set(pwdLastSet=0); return f"{u.change(PASSWORD, OTHER)} {u.bind(OTHER)}"
@row("change.expired", "of an expired password", "0")
def _(t): return aged(t).change(PASSWORD, OTHER)
@row("change.wrong_old", "wrong old password", "19/00000056")
def _(t): return t.user().change(WRONG, OTHER)
@row("change.wrong_old_counts", "a wrong old password counts", "1")
def _(t): u = t.user(); u.change(WRONG, OTHER); return u.get("badPwdCount")
@row("change.fifth_wrong_old", "the attempt that locks", "19/00000056")
def _(t): u = t.user(); return [u.change(WRONG, OTHER) for _ in range(5)][-1]
@row("change.locked", "right old password, account locked", "19/00000775")
def _(t): return t.user().lock().change(PASSWORD, OTHER)
@row("change.same", "to the present password", "19/0000052D")
def _(t): return t.user().change(PASSWORD, PASSWORD)
@row("change.history", "to a password in the history", "19/0000052D")
def _(t): u = t.user(); u.change(PASSWORD, OTHER); return u.change(OTHER, PASSWORD)
@row("change.after_reset", "the history remembers what was reset away", "19/0000052D")
def _(t): u = t.user(); u.reset(OTHER); return u.change(OTHER, PASSWORD)
@row("change.short", "to a short one", "19/0000052D")
def _(t): return t.user().change(PASSWORD, "Aa1-xyz")
@row("change.young", "inside the minimum age", "19/0000052D")
def _(t): u = t.user(); t.pso(u, msDS_MinimumPasswordAge=-864000000000); return u.change(PASSWORD, OTHER)
@row("change.outside", "outside the unit, knowing the old password", "0")
def _(t): return t.user(above=t.outside).change(PASSWORD, OTHER)
@row("change.anonymous", "without a bind", "1")
def _(t): return code(t.user().change(PASSWORD, OTHER, t.connect()))


# --- lockout ---------------------------------------------------------------------------------------------------------

@row("lock.counts", "badPwdCount after 1, 2, 3 wrong ones", ["1", "2", "3"])
def _(t):
    u, seen = t.user(), []
    for _ in range(3):
        u.bind(WRONG)
        seen.append(u.get("badPwdCount", t.service))
    return seen

@row("lock.at_threshold", "the fifth one locks", "49/52e 49/52e 49/52e 49/52e 49/52e 49/775")
def _(t): u = t.user(); return " ".join(u.bind(WRONG) for _ in range(6))
@row("lock.time", "lockoutTime is absent before and now after", [True, True])
def _(t): u = t.user(); before = u.get("lockoutTime"); u.lock(); return [before in (None, "0"), abs(int(u.get("lockoutTime")) - filetime()) < 60 * 10**7]
@row("lock.count_stops", "attempts on a locked account do not count", "5")
def _(t): u = t.user().lock(); u.bind(WRONG); u.bind(WRONG); return u.get("badPwdCount")
@row("lock.right_clears", "a right password starts the count again", "0")
def _(t): u = t.user(); u.bind(WRONG); u.bind(); return u.get("badPwdCount")
@row("lock.last_but_one", "a wrong one that is the password before does not count", "49/52e 0")
def _(t): u = t.user(); u.reset(OTHER); u.reset(THIRD); return f"{u.bind(PASSWORD)} {u.get('badPwdCount') or 0}"
@row("lock.last_but_three", "the third one before does", "1")
def _(t):
    u = t.user()
    for new in (OTHER, THIRD, "Fjarde-Losen2029"):
        u.reset(new)
    u.bind(PASSWORD)
    return u.get("badPwdCount")

@row("lock.window", "the count starts again after the window", ["3", "1"])
def _(t):
    u = t.user()
    t.pso(u, msDS_LockoutObservationWindow=-20000000, msDS_LockoutDuration=-20000000)
    for _ in range(3):
        u.bind(WRONG)
    before = u.get("badPwdCount")
    time.sleep(2.3)
    u.bind(WRONG)
    return [before, u.get("badPwdCount")]

@row("lock.ends", "a lockout ends by itself; lockoutTime stays until a right password", ["49/775", True, "0", "0"])
def _(t):
    u = t.user()
    t.pso(u, msDS_LockoutObservationWindow=-20000000, msDS_LockoutDuration=-20000000)
    u.lock()
    seen = [u.bind()]
    until(lambda: u.get(FLAGS) == "0")
    seen += [int(u.get("lockoutTime")) > 0 and u.get(FLAGS) == "0", u.bind(), u.get("lockoutTime")]
    return seen

@row("lock.unlock", "lockoutTime 0 unlocks and clears the count", "0 0 0 0")
def _(t): u = t.user().lock(); return f"{u.set(t.service, lockoutTime=0)} {u.get('badPwdCount')} {u.get('lockoutTime')} {u.bind()}"
@row("lock.unlock_unlocked", "lockoutTime 0 on an account that is not locked", "0")
def _(t): return t.user().set(t.service, lockoutTime=0)
@row("lock.delete", "lockoutTime deleted", "53/00002077")
def _(t): return attempt(t.service.modify_s, t.user().lock().dn, [(ldap.MOD_DELETE, "lockoutTime", None)])
@row("lock.other_value", "lockoutTime 1", "53/00000057", "0", "MS-SAMR 3.1.1.8.3: only 0")
def _(t): return t.user().set(t.service, lockoutTime=1)


# --- must change -----------------------------------------------------------------------------------------------------

@row("force.zero", "pwdLastSet 0", "0 0")
def _(t): u = t.user(); return f"{u.set(t.service, pwdLastSet=0)} {u.get('pwdLastSet')}"
@row("force.now", "pwdLastSet -1 is now", True)
def _(t): u = t.user(); u.set(pwdLastSet=0); u.set(t.service, pwdLastSet=-1); return abs(int(u.get("pwdLastSet")) - filetime()) < 60 * 10**7
@row("force.other", "any other value", "53/00000057", "80/00000057", "MS-SAMR 3.1.1.8.8: 0 or -1")
def _(t): return t.user().set(t.admin, pwdLastSet=12345)


# --- attributes and rights -------------------------------------------------------------------------------------------

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


# --- fine-grained policies -------------------------------------------------------------------------------------------

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


# --- protected accounts ----------------------------------------------------------------------------------------------

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


# --- command line tools ----------------------------------------------------------------------------------------------

@row("tool.search", "ldapsearch", 0)
def _(t): u = t.user(); done = t.tool("ldapsearch", "-LLL", "-b", t.inside, f"(sAMAccountName={u.login})", "cn"); return done[0] if u.login in done[1] else done[1]
@row("tool.wrong_password", "ldapsearch with a wrong password", 49)
def _(t): u = t.user(); return t.tool("ldapsearch", "-b", t.inside, who=u.dn, password=WRONG)[0]
@row("tool.pages", "ldapsearch in pages", 1006)
def _(t): return t.tool("ldapsearch", "-LLL", "-b", t.crowd(), "-E", "pr=200/noprompt", "(objectClass=*)", "1.1")[1].count("dn: ")
@row("tool.root", "ldapsearch of the rootDSE", 0)
def _(t): return t.tool("ldapsearch", "-LLL", "-s", "base", "-b", "", "defaultNamingContext")[0]
@row("tool.modify", "ldapmodify of mobile", "0 +46701740606")
def _(t):
    u = t.user()
    done = t.tool("ldapmodify", data=f"dn: {u.dn}\nchangetype: modify\nreplace: mobile\nmobile: +46701740606\n")
    return f"{done[0]} {u.get('mobile')}"

@row("tool.reset", "ldapmodify of unicodePwd", "0 0")
def _(t):
    u = t.user()
    value = base64.b64encode(quoted(OTHER)).decode()
    done = t.tool("ldapmodify", data=f"dn: {u.dn}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: {value}\n")
    return f"{done[0]} {u.bind(OTHER)}"

@row("tool.change", "ldapmodify with the old and the new password", "0 0")
def _(t):
    u = t.user()
    old, new = (base64.b64encode(quoted(p)).decode() for p in (PASSWORD, OTHER))
    lines = ["delete: unicodePwd", f"unicodePwd:: {old}", "-", "add: unicodePwd", f"unicodePwd:: {new}", "-"]
    done = t.tool("ldapmodify", data=f"dn: {u.dn}\nchangetype: modify\n" + "\n".join(lines) + "\n")
    return f"{done[0]} {u.bind(OTHER)}"

@row("tool.outside", "ldapmodify outside the unit", 50)
def _(t): u = t.user(above=t.outside); return t.tool("ldapmodify", data=f"dn: {u.dn}\nchangetype: modify\nreplace: mobile\nmobile: 1\n")[0]
@row("tool.authority", "ldapsearch that trusts another authority", True)
def _(t):
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as other:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=other",
                        "-keyout", "/dev/null", "-out", other.name], check=True, capture_output=True)
        return t.tool("ldapsearch", "-s", "base", "-b", "", ca=other.name)[0] != 0


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
    import ldap.extop  # noqa: F401  (used by one row)
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
