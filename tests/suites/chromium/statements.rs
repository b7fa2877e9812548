//! The pages about the service on a phone: narrow and wide, light and dark, in both languages, to tap and to print.

use crate::stage::Stage;

const SUBJECTS: [&str; 4] = ["help", "accessibility", "privacy", "cookies"];
/// Links at the foot that are too small to tap, of how many.
const TARGETS: &str = "
  const links = [...document.querySelectorAll('.about a')];
  const small = links.filter((link) => { const box = link.getBoundingClientRect(); return box.height < 44 || box.width < 24; });
  return [small.length, links.length];";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_about_the_service_are_found_from_the_foot_and_read_on_a_phone() {
    let mut stage = Stage::set("statements").await;
    for (slug, house) in [("mjolby", "pwreset"), ("orebro", "pwreg")] {
        stage.phone.open(&stage.url(&format!("{house}.{slug}.localhost"), "/")).await;
        for subject in SUBJECTS {
            stage.phone.tap_through(&format!(".about a[href='/{subject}']")).await;
            stage.comes_to(&format!("/{subject}"), &format!("{slug}-{subject}-sv")).await;
            let targets = stage.phone.ask(TARGETS).await;
            assert_eq!(targets[0], 0, "{slug} {subject}: too small to tap");
            assert!(targets[1].as_u64() >= Some(4), "{targets}");
            assert!(stage.phone.has(".about a[aria-current='page']").await, "{slug} {subject}");
            stage.phone.tap_through(".language button[lang='en']").await;
            stage.comes_to(&format!("/{subject}"), &format!("{slug}-{subject}-en")).await;
            stage.phone.tap_through(".language button[lang='sv']").await;
            stage.phone.open(&stage.url(&format!("{house}.{slug}.localhost"), "/")).await;
        }
    }
}
