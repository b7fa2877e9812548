//! Every cell of the table of states.
