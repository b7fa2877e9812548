//! Every code with which a directory refuses a new password comes to one plain sentence, in both languages, and is counted
//! by its reason; the flow goes on where it can.

#[path = "rejections/codes.rs"]
mod codes;
#[path = "rejections/samba.rs"]
mod samba;
