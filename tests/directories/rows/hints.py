"""The policy-hints control."""

from .stage import code, HINTS, HINTS_DEPRECATED, LDAPControl, OTHER, PASSWORD, THIRD
from .table import row

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
