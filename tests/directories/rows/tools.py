"""Command line tools of others."""

import base64
import subprocess
import tempfile

from .stage import OTHER, PASSWORD, WRONG, quoted
from .table import row

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
