//! Pages that everybody can use, measured: axe-core, html-validate and Lighthouse, keyboard, zoom, spacing, forced colours
//! and print; over every page in every state, and over every route of both houses.

// `look` is shared; what else a stage can do is for the journeys of the suite "chromium".
#[allow(dead_code, reason = "a stage has more than this suite uses")]
#[path = "chromium/stage.rs"]
mod stage;

#[path = "accessible/broken.rs"]
mod broken;
#[path = "accessible/houses.rs"]
mod houses;
#[path = "accessible/judge.rs"]
mod judge;
#[path = "accessible/keyboard.rs"]
mod keyboard;
#[path = "accessible/lighthouse.rs"]
mod lighthouse;
#[path = "accessible/markup.rs"]
mod markup;
#[path = "accessible/pictures.rs"]
mod pictures;
#[path = "accessible/routes.rs"]
mod routes;
#[path = "accessible/served.rs"]
mod served;
#[path = "accessible/shown.rs"]
mod shown;
#[path = "accessible/states.rs"]
mod states;
#[path = "accessible/tools.rs"]
mod tools;

/// The views' gallery knows them by this name.
mod portal {
    pub use portvakt::portal::*;
}
