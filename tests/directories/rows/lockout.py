"""Lockout and unlock."""

import time

from .stage import attempt, filetime, FLAGS, ldap, OTHER, PASSWORD, THIRD, until, WRONG
from .table import row

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
