//! On Samba: a service account without rights, the generated commands really run, and each right taken away again.

use std::process::Command;

use harness::{
    process::{Finished, run},
    services::{NewUser, Samba, Services, Throwaway},
    settings::{point_at_samba, preset},
};
use portvakt_directory::delegation::{Target, commands};
use portvakt_domain::{check::CheckKind as Kind, tenant::DirectorySettings};

use super::{Looked, MOBILE};

const SERVICE: &str = "svc-portvakt";
const PERSONAL_INFORMATION: &str = "77b5b886-944a-11d1-aebd-0000f80367c1";
/// The attributes of a domain's password policy, as a property set.
const DOMAIN_PASSWORD: &str = "c7407360-20bf-11d0-a768-00aa006e0529";

/// Each right, as its entry is recognised, and the check that misses it.
const RIGHTS: [(&str, Kind); 5] = [
    ("00299570-246d-11d0-a768-00aa006e0529", Kind::Reset),
    ("28630ebf-41d5-11d1-a9c1-0000f80367c1", Kind::Unlock),
    ("bf967a0a-0de6-11d0-a285-00aa003049e2", Kind::PasswordLastSet),
    ("f0f8ffa3-1191-11d0-a060-00aa006c33ed", Kind::Number),
    ("ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501", Kind::Unexpire),
];

async fn rights(samba: &Samba, arguments: &[&str]) -> Finished {
    let mut command = Command::new("/usr/bin/python3");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/directories/rights.py")).arg(&samba.smb_conf).args(arguments);
    run(command).await.succeeded()
}

fn container(samba: &Samba) -> String {
    format!("CN=Password Settings Container,CN=System,{}", samba.base)
}

/// Runs the commands that the product prints, as an administrator does.
async fn grant(samba: &Samba, settings: &DirectorySettings) {
    let mut command = Command::new("sh");
    let options = format!("-H tdb://{}/private/sam.ldb -s {}", samba.folder.display(), samba.smb_conf.display());
    command.arg("-c").arg(commands(settings, MOBILE, Target::Samba)).env("SAMBA_OPTIONS", options);
    // samba-tool belongs to Debian's own Python.
    command.env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    run(command).await.succeeded();
}

async fn stage() -> (Throwaway, DirectorySettings, String) {
    let samba = Services::get().orebro.throwaway("checks").await;
    let user = samba.create_user(NewUser::staff()).await;
    samba.create_user(NewUser::elsewhere()).await;
    let mut settings = preset("orebro");
    point_at_samba(&mut settings, &samba);
    let name = user.dn.clone();
    (samba, settings.directory, name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_generated_commands_grant_what_is_needed_and_no_more() {
    let (samba, settings, user) = stage().await;
    let look = async || Looked::at(&settings, &samba.service_password, MOBILE).await;

    // 1. Without any right.
    let container = container(&samba);
    rights(&samba, &["take", SERVICE, "-", &samba.staff_ou, &samba.base, &container]).await;
    // A new domain lets everybody who is signed in do this; a hardened one does not.
    rights(&samba, &["take", "AU", RIGHTS[4].0, &samba.base]).await;
    let looked = look().await;
    for (_, kind) in RIGHTS {
        assert_eq!(looked.worst(kind), 'f', "{kind:?}: {:#?}", looked.0);
    }
    assert_eq!(looked.worst(Kind::FineGrained), 'f', "{:#?}", looked.0);

    // 2. The commands, twice: the second time changes nothing.
    grant(&samba, &settings).await;
    let places = [samba.staff_ou.as_str(), &samba.base, &container];
    let mut before = Vec::new();
    for place in places {
        before.push(rights(&samba, &["show", place]).await.stdout);
    }
    grant(&samba, &settings).await;
    for (place, before) in places.iter().zip(before) {
        assert_eq!(rights(&samba, &["show", place]).await.stdout, before, "{place}");
    }
    let looked = look().await;
    assert_eq!(looked.complaints(), [(Kind::SelfNumber, 'w')], "{:#?}", looked.0);
    for kind in [Kind::NoMore, Kind::Outside, Kind::FineGrained, Kind::PasswordPolicy] {
        assert_eq!(looked.worst(kind), 'p', "{kind:?}: {:#?}", looked.0);
    }

    // 3. People may not write their own number any more.
    rights(&samba, &["take", "PS", PERSONAL_INFORMATION, &user]).await;
    let looked = look().await;
    assert_eq!(looked.complaints(), [], "{:#?}", looked.0);

    // 4. Each right taken away in turn, and given again.
    for (word, kind) in RIGHTS {
        rights(&samba, &["take", SERVICE, word, &samba.staff_ou, &samba.base]).await;
        let looked = look().await;
        assert_eq!(looked.complaints(), [(kind, 'f')], "{:#?}", looked.0);
        grant(&samba, &settings).await;
    }
    rights(&samba, &["take", SERVICE, "-", &container]).await;
    assert_eq!(look().await.complaints(), [(Kind::FineGrained, 'f')]);
    grant(&samba, &settings).await;
    assert_eq!(look().await.complaints(), []);

    // 5. Too much: full control in the unit, a right outside it; and too little: the domain's policy hidden.
    let (full, below) = ("(A;CIIO;RPWPCRCCDCLCLORCWOWDSDDTSW;;;{sid})", &*samba.other_ou);
    rights(&samba, &["give", SERVICE, full, &samba.staff_ou]).await;
    let looked = look().await;
    assert_eq!(looked.complaints(), [(Kind::NoMore, 'w')], "{:#?}", looked.0);
    rights(&samba, &["take", SERVICE, "WD", &samba.staff_ou]).await;
    rights(&samba, &["give", SERVICE, full, below]).await;
    assert_eq!(look().await.complaints(), [(Kind::Outside, 'w')]);
    rights(&samba, &["take", SERVICE, "-", below]).await;
    let hidden = format!("(OD;;RP;{DOMAIN_PASSWORD};;{{sid}})");
    rights(&samba, &["give", SERVICE, &hidden, &samba.base]).await;
    let looked = look().await;
    assert_eq!(looked.worst(Kind::PasswordPolicy), 'f', "{:#?}", looked.0);
}
