//! Builds the filter of common and leaked passwords: `cargo run --release -p portvakt-domain --example leaked_filter --
//! tenants/presets/leaked.filter LIST…`. A list is UTF-8 with one password a line; the same lists give the same file.

use std::{error::Error, io::Write as _};

use portvakt_domain::policy::Leaked;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let target = arguments.next().ok_or("name the file to write and the lists to read")?;
    let lists = arguments.map(std::fs::read_to_string).collect::<Result<Vec<_>, _>>()?;
    let lines = lists.iter().flat_map(|list| list.lines()).map(str::trim);
    let filter = Leaked::of(lines)?;
    let bytes = filter.write();
    std::fs::write(&target, &bytes)?;
    let bits = bytes.len() as f64 * 8.0 / f64::from(filter.entries());
    writeln!(std::io::stdout(), "{} passwords, {} bytes, {bits:.2} bits each", filter.entries(), bytes.len())?;
    Ok(())
}
