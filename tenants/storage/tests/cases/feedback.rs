//! What readers of the guides thought of them.

use chrono::TimeDelta;
use portvakt_domain::{feedback::Guide, language::Language, time::Instant};
use portvakt_storage::feedback::{self, NewFeedback, StoredFeedback};
use uuid::Uuid;

use crate::fixture::{Fixture, sealed};

pub(crate) fn answer(at: Instant, text: Option<&str>) -> NewFeedback {
    NewFeedback {
        id: Uuid::new_v4(),
        guide: Guide::Reset,
        language: Language::Sv,
        helpful: true,
        text: text.map(sealed),
        created_at: at,
    }
}

pub(crate) async fn answers_come_back_and_are_the_tenants_own(f: Fixture) {
    let later = NewFeedback {
        guide: Guide::Functional,
        language: Language::En,
        helpful: false,
        ..answer(f.now + TimeDelta::seconds(1), None)
    };
    let first = answer(f.now, Some("words"));
    for new in [&later, &first] {
        feedback::add(&f.store, f.a, new.clone()).await.expect("kept");
    }
    feedback::add(&f.store, f.b, answer(f.now, Some("theirs"))).await.expect("kept");

    let stored = |new: &NewFeedback| StoredFeedback {
        id: new.id,
        guide: new.guide.as_str().to_owned(),
        language: new.language.tag().to_owned(),
        helpful: new.helpful,
        text: new.text.clone(),
        created_at: new.created_at,
    };
    let list = async |tenant| feedback::list(&f.store, tenant).await.expect("a list");
    assert_eq!(list(f.a).await, [stored(&first), stored(&later)], "the oldest first");
    assert_eq!(list(f.b).await.len(), 1, "its own alone");

    // What a newer release kept comes back as it stands there.
    f.execute(&format!("update feedback set guide = 'passkeys', language = 'fi' where id = {}", f.id(first.id))).await;
    let newer = StoredFeedback { guide: "passkeys".to_owned(), language: "fi".to_owned(), ..stored(&first) };
    assert_eq!(list(f.a).await, [newer, stored(&later)]);
}
