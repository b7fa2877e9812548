//! The migrations are built in: building anew when one changes is up to us.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
