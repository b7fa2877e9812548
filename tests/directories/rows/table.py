"""The table itself: rows register here."""

ROWS = []
HOW = "MS-ADTS 3.1.1.3.1.5.1: a set that breaks policy is unwillingToPerform"
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
