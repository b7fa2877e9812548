//! Passwords, codes, tokens, numbers and names reach no log, metric, URL or plain column.
