"""A password changed by who knows the old one."""

from .stage import OTHER, PASSWORD, WRONG, aged, code
from .table import row

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
