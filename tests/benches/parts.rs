//! What is measured, one file a part, and how often.

pub mod enumeration;
pub mod growth;
pub mod old;
pub mod pages;
pub mod ready;
pub mod reminders;
pub mod resets;

/// A part of a run.
#[derive(Clone, Copy)]
pub enum Part {
    Ready,
    Pages,
    Resets,
    Growth,
    Enumeration,
    Old,
    Reminders,
}

/// In the order in which they are run: what fills the database comes last.
pub const PARTS: [(&str, Part); 7] = [
    ("ready", Part::Ready),
    ("pages", Part::Pages),
    ("resets", Part::Resets),
    ("growth", Part::Growth),
    ("enumeration", Part::Enumeration),
    ("old", Part::Old),
    ("reminders", Part::Reminders),
];

/// How many browsers at once resets are measured with.
pub const BROWSERS: [usize; 3] = [1, 8, 64];

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Size {
    /// What it is called.
    pub name: &'static str,
    /// Resets against the practice directory, with each number of browsers.
    pub resets: usize,
    /// The same against Samba.
    pub samba_resets: usize,
    /// Seconds that first pages are asked for.
    pub seconds: u64,
    /// Resets in each half of the part that looks for growth.
    pub half: usize,
    /// Starts for each state of an account.
    pub starts: usize,
    /// Old flows in the database.
    pub old: usize,
    /// Accounts of the big directory.
    pub staff: usize,
    /// Tenants that are reminded in one morning.
    pub tenants: usize,
}

impl Size {
    /// Shows that everything runs, and little else.
    const TRIAL: Self = Self {
        name: "trial",
        resets: 16,
        samba_resets: 4,
        seconds: 1,
        half: 20,
        starts: 20,
        old: 1_000,
        staff: 200,
        tenants: 3,
    };
    /// A few minutes.
    const QUICK: Self = Self {
        name: "quick",
        resets: 128,
        samba_resets: 64,
        seconds: 3,
        half: 400,
        starts: 200,
        old: 100_000,
        staff: 2_000,
        tenants: 20,
    };
    /// What the figures of a release are taken from.
    const FULL: Self = Self {
        name: "full",
        resets: 1_000,
        samba_resets: 192,
        seconds: 10,
        half: 5_000,
        starts: 1_000,
        old: 1_000_000,
        staff: 20_000,
        tenants: 290,
    };

    /// The sizes, the usual one first.
    pub const ALL: [Self; 3] = [Self::QUICK, Self::FULL, Self::TRIAL];

    /// Accounts of the practice directory that are needed: each is reset once.
    pub fn accounts(&self) -> usize {
        self.resets * BROWSERS.len() + growth::WARM_UP + 2 * self.half + 2 * old::RESETS
    }

    /// The same in Samba.
    pub fn samba_accounts(&self) -> usize {
        self.samba_resets * BROWSERS.len()
    }
}
