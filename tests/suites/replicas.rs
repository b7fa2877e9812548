//! Two processes on one database; processes killed in the middle of their work.
