//! The journeys in a real browser, at the size of a phone, with script disabled.
