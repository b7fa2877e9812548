//! The staff of the sample tenant Örebro.

use super::{
    Row,
    SampleState::{Disabled, Expired, Functional, Locked, MustChange, Normal, Protected, Unregistered},
    SampleTenant, Sheet, policy, row, tenant as build,
};

/// The tenant.
pub(super) fn tenant() -> SampleTenant {
    build(&Sheet {
        slug: "orebro",
        dns_name: "orebro.localhost",
        netbios_name: "OREBRO",
        company: "Örebro kommun",
        policy: policy(25),
        service_password: "Tjanst7Portvakt5Orebro",
        first_number: 0,
        manager: "annbjo14",
        rows: ROWS,
        holders: &["Maj-Britt Ödman", "Fatima Haddad", "Per-Åke Sjögren"],
        protected: &["Domain Admins", "Account Operators"],
    })
}

/// Logins are built as the municipality's are: four letters of the given name, three of the surname, a number.
const ROWS: &[Row] = &[
    row("lovstlin32", "Lovisa", "Stålind", "Hemvård", "Kastanj41Skugga", Normal),
    row("annbjo14", "Ann-Sofie", "Björkman", "Hemvård", "Regnskur58Hatt", Normal),
    row("gorahl07", "Göran", "Åhlström", "Förskola", "Tallkotte73Vind", Normal),
    row("asaode21", "Åsa", "Ödeen", "Förskola", "Brygga26Solnedgang", Normal),
    row("mohnor11", "Mohamed", "Norén", "Kultur och fritid", "Lakrits94Paraply", Normal),
    row("kerhag05", "Kerstin", "Hägglund", "Ekonomi", "Snoflinga37Sommar", Normal),
    row("jorlof18", "Jörgen", "Löfgren", "Teknik", "Kompass62Fjord", Normal),
    row("elssve29", "Elsa", "Svärd", "Socialtjänst", "Vattenfall15Sten", Normal),
    row("ollost03", "Olle", "Östberg", "Socialtjänst", "Murgrona88Tegel", Normal),
    row("birake12", "Birgitta", "Åkesson", "Miljö", "Havtorn49Kvarn", Normal),
    row("nilran08", "Nils", "Rännar", "Teknik", "Blixtlas21Mossa", Unregistered),
    row("samgro16", "Samira", "Grönvall", "Hemvård", "Pepparkaka67Dal", Unregistered),
    row("svemar02", "Sven", "Mårtensson", "Skola", "Handske34Krokus", Locked),
    row("idablo25", "Ida", "Blåberg", "Skola", "Fyrtorn79Dimma", Locked),
    row("tomsjo09", "Tommy", "Sjöholm", "Teknik", "Gitarr52Ladugard", Expired),
    row("marlin33", "Märta", "Lindgård", "Hemvård", "Ringblomma18Tak", Expired),
    row("hakper06", "Håkan", "Perälä", "Förskola", "Kanelbulle93Lykta", MustChange),
    row("yasfor20", "Yasmin", "Forsström", "Ekonomi", "Segelbat46Klippa", MustChange),
    row("ulfand04", "Ulf", "Andergård", "Kultur och fritid", "Rabarber71Grind", Disabled),
    row("gunvas13", "Gunnel", "Västerlund", "Miljö", "Tistel85Vagskal", Disabled),
    row("jonsak01", "Jonas", "Säkert", "IT", "Nyckelknippa39Port", Protected),
    row("evadri10", "Eva", "Driftsgård", "IT", "Stallverk64Kabel", Protected),
    row("hemvardsgruppen", "Hemvårdsgruppen", "", "Hemvård", "Frukostbord27Sol", Functional),
    row("hemtjanstab", "Hemtjänst AB Brevlåda", "", "Hemvård", "Cykelkorg82Lonn", Functional),
];
