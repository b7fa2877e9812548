"""Where the rows are played: connections, accounts made for one row, and what a row asks of them."""

import atexit
import os
import subprocess
import time
import uuid

try:
    import ldap
    import ldap.extop
    from ldap.controls import LDAPControl, SimplePagedResultsControl  # noqa: F401  (some rows use them)
    from ldap.filter import escape_filter_chars  # noqa: F401
except ModuleNotFoundError:  # Debian's python3-ldap; the differences can be listed without it
    ldap = LDAPControl = SimplePagedResultsControl = escape_filter_chars = None

HINTS, HINTS_DEPRECATED = "1.2.840.113556.1.4.2239", "1.2.840.113556.1.4.2066"
TREE_DELETE = "1.2.840.113556.1.4.805"
FLAGS, EXPIRY = "msDS-User-Account-Control-Computed", "msDS-UserPasswordExpiryTimeComputed"
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


def guid(u):
    found = u.test.admin.search_s(u.dn, ldap.SCOPE_BASE, "(objectClass=*)", ["objectGUID"])
    return uuid.UUID(bytes_le=found[0][1]["objectGUID"][0])
