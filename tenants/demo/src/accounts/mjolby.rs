//! The staff of the sample tenant Mjölby, which also has a fine-grained password policy.

use super::{
    Row,
    SampleState::{Disabled, Expired, Functional, Locked, MustChange, Normal, Protected, Unregistered},
    SampleTenant, Sheet, policy, row, tenant as build,
};
use crate::practice::{GroupSpec, Policy, PsoSpec};

/// The group that the stricter policy applies to.
const STRICT_GROUP: &str = "Systemforvaltare";
/// Its one member: a normal account whose passwords need 14 characters.
const STRICT_LOGIN: &str = "linbac02";

/// The tenant.
pub(super) fn tenant() -> SampleTenant {
    let mut tenant = build(&Sheet {
        slug: "mjolby",
        dns_name: "mjolby.localhost",
        netbios_name: "MJOLBY",
        company: "Mjölby kommun",
        policy: policy(24),
        service_password: "Tjanst3Portvakt8Mjolby",
        first_number: 48,
        manager: "karsto01",
        rows: ROWS,
        holders: &["Ingegerd Åbom", "Abdi Warsame", "Lars-Göran Fält"],
        protected: &["Server Operators", "Domain Admins"],
    });
    let strict = Policy { minimum_length: 14, ..policy(24) };
    tenant.builder = tenant
        .builder
        .group(GroupSpec::new(STRICT_GROUP).unit(super::STAFF_UNIT))
        .pso(PsoSpec::new("Langa losenord", 10, strict).applies_to(STRICT_GROUP))
        .joined(STRICT_LOGIN, STRICT_GROUP);
    tenant
}

/// Logins are three letters of the given name, three of the surname and a number.
const ROWS: &[Row] = &[
    row("jesrab01", "Jessica", "Rabén", "Skola", "Ekorre57Vantar", Normal),
    row("karsto01", "Karin", "Stööp", "Vård och omsorg", "Skridsko31Norrsken", Normal),
    row("linbac02", "Linnéa", "Bäckström", "IT", "Blomkruka68Fonster", Normal),
    row("petost01", "Peter", "Östling", "Teknik", "Timmerstock24Hav", Normal),
    row("amihed01", "Amina", "Hedlöf", "Vård och omsorg", "Vinbar96Spade", Normal),
    row("bjolju01", "Björn", "Ljungqvist", "Skola", "Matsacktermos43Is", Normal),
    row("frialm03", "Frida", "Almström", "Kultur", "Trolldeg76Plank", Normal),
    row("ragnas01", "Ragnar", "Näslund", "Ekonomi", "Isbjorn19Filt", Normal),
    row("svehag01", "Svetlana", "Hägerståhl", "Ekonomi", "Kakelugn84Ved", Normal),
    row("gosjon02", "Gösta", "Jönsson", "Teknik", "Stigbygel35Hage", Unregistered),
    row("moaekb01", "Moa", "Ekbåge", "Skola", "Linnekorg61Damm", Unregistered),
    row("larvan01", "Lars", "Vänerman", "Teknik", "Hjortron28Kalla", Locked),
    row("hanros01", "Hanna", "Rosén", "Vård och omsorg", "Kolgrill53Terrass", Locked),
    row("dansod01", "Daniel", "Södergård", "Skola", "Makrill77Brygghus", Expired),
    row("agnlov01", "Agneta", "Lövqvist", "Kultur", "Ullgarn42Stuga", Expired),
    row("erioms01", "Erik", "Ömsén", "Teknik", "Skottkarra89Grus", MustChange),
    row("zarfal01", "Zara", "Fältström", "Vård och omsorg", "Morgonrock16Te", MustChange),
    row("ingkal01", "Inger", "Källman", "Ekonomi", "Dragspel65Logdans", Disabled),
    row("stimob01", "Stig", "Moberg", "Skola", "Persilja92Balkong", Disabled),
    row("axesys01", "Axel", "Systergård", "IT", "Grindstolpe38Ljus", Protected),
    row("ebbdri01", "Ebba", "Driftström", "IT", "Kopplingsbox74Mur", Protected),
    row("hemtjanstnorr", "Hemtjänst norr", "", "Vård och omsorg", "Kaffekopp23Gran", Functional),
    row("nattpatrullen", "Nattpatrullen", "", "Vård och omsorg", "Ficklampa59Regn", Functional),
];
