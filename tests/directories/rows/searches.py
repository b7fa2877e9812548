"""Searches."""

import uuid

from .stage import attempt, code, escape_filter_chars, guid, HINTS, ldap, NEVER, SimplePagedResultsControl
from .table import row

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
@row("find.in_chain_or_primary", "members by rule 1941 or by their primary group", 1)
def _(t): u = t.user(); g = t.group(); return t.find(f"(&(cn={u.login})(|(memberOf:1.2.840.113556.1.4.1941:={g.dn})(primaryGroupID=513)))")
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
@row("page.nothing", "a page of nobody is a page too", "0 in 1")
def _(t): return paged(t, 100, condition="(cn=finnsinte)")
@row("page.bad_cookie", "a cookie that the server never gave", "12", "53", "RFC 2696 3; seen on Windows as 00000057")
def _(t):
    control = SimplePagedResultsControl(True, size=10, cookie=b"\x01\x02\x03")
    return code(attempt(lambda: t.service.result3(t.service.search_ext(t.inside, ldap.SCOPE_SUBTREE, serverctrls=[control]))))

@row("root.controls", "policy hints among the supported controls", True, False, "MS-ADTS 3.1.1.3.4.1.27")
def _(t): return HINTS.encode() in t.connect().search_s("", ldap.SCOPE_BASE, "(objectClass=*)", ["supportedControl"])[0][1]["supportedControl"]
@row("root.context", "defaultNamingContext", True)
def _(t): return t.connect().search_s("", ldap.SCOPE_BASE)[0][1]["defaultNamingContext"][0].decode().lower() == t.base.lower()
@row("schema.attribute", "an attribute by its name in the schema", 1)
def _(t): return in_schema(t, "COMPANY")
@row("schema.no_attribute", "one that only Exchange brings", 0)
def _(t): return in_schema(t, "extensionAttribute1")
@row("schema.elsewhere", "the schema is no part of the domain", 0)
def _(t): return t.find("(&(objectClass=attributeSchema)(lDAPDisplayName=company))", base=t.base)
@row("root.unknown_extended", "an extended operation that nobody knows", "2")
def _(t): return code(attempt(t.service.extop_s, ldap.extop.ExtendedRequest("1.2.3.4", b"")))


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


def in_schema(t, name):
    context = t.service.search_s("", ldap.SCOPE_BASE, "(objectClass=*)", ["schemaNamingContext"])[0][1]["schemaNamingContext"][0]
    condition = f"(&(objectClass=attributeSchema)(lDAPDisplayName={name}))"
    return t.find(condition, base=context.decode(), scope=ldap.SCOPE_ONELEVEL, attributes=["lDAPDisplayName"])


def paged(t, size, condition="(objectClass=*)"):
    control = SimplePagedResultsControl(True, size=size, cookie="")
    seen, pages = set(), 0
    while True:
        request = t.service.search_ext(t.crowd(), ldap.SCOPE_SUBTREE, condition, ["cn"], serverctrls=[control])
        _, data, _, controls = t.service.result3(request)
        seen.update(dn for dn, _ in data)
        pages += 1
        control.cookie = next(c.cookie for c in controls if c.controlType == SimplePagedResultsControl.controlType)
        if not control.cookie:
            return f"{len(seen)} in {pages}"
