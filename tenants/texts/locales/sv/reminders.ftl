# Påminnelser om lösenord som snart går ut: till en enhets mottagare, till personen själv, till dem som har ett delat konto.

reminder-subject = Utgående lösenord
reminder-hello = Hej!
reminder-soon = Lösenorden i listan går snart ut. Efter sista dagen går det inte att logga in med dem, så se till att de byts innan dess.
reminder-soon-over = Lösenorden i listan har gått ut eller går snart ut. Efter sista dagen går det inte att logga in med dem. Den som har registrerat sitt mobilnummer kan byta lösenordet också efteråt.
reminder-register = Den som inte har registrerat sitt mobilnummer gör det först, medan lösenordet fungerar: { $address }. Det behövs bara en gång.
reminder-change = Sedan går det att byta lösenord, när som helst på dygnet: { $address }
reminder-caption = Lösenord som går ut
reminder-first = Förnamn
reminder-last = Efternamn
reminder-account = Konto
reminder-ends = Förfallodatum
reminder-left = Dagar kvar
reminder-over = har gått ut
reminder-period = Några av lösenorden går ut under en ledighet. De står med redan nu så att de hinner bytas innan den börjar.
reminder-why-unit = Du får mejlet för att du är mottagare för { $units }.
reminder-why-manager = Du får mejlet för att du är chef för medarbetare i listan.
reminder-why-fallback = Konton som inte hör till någon enhet med en mottagare kommer hit.
reminder-help = Har lösenordet gått ut för någon som inte kan få koden på sin mobil? Kontakta { $name }.
reminder-sent = Mejlet skickas automatiskt. Det ber aldrig om lösenord eller koder.
reminder-regards = Hälsningar

own-reminder-subject = { $days ->
    [0] Ditt lösenord går ut i dag
    [1] Ditt lösenord går ut i morgon
   *[other] Ditt lösenord går ut om { $days } dagar
}
own-reminder-subject-over = Ditt lösenord har gått ut
own-reminder = Lösenordet för ditt konto { $account } hos { $tenant } går ut { $date }.
own-reminder-over = Lösenordet för ditt konto { $account } hos { $tenant } gick ut { $date }.
own-reminder-change = Byt lösenordet på { $address }
own-reminder-register = Ditt mobilnummer är inte registrerat. Registrera det först, medan lösenordet fungerar: { $address }

shared-reminder-subject = { $days ->
    [0] Lösenordet för { $account } går ut i dag
    [1] Lösenordet för { $account } går ut i morgon
   *[other] Lösenordet för { $account } går ut om { $days } dagar
}
shared-reminder-subject-over = Lösenordet för { $account } har gått ut
shared-reminder = Lösenordet för det delade kontot { $account } hos { $tenant } går ut { $date }.
shared-reminder-over = Lösenordet för det delade kontot { $account } hos { $tenant } gick ut { $date }.
shared-reminder-change = En av er som har registrerat sitt mobilnummer för kontot byter det på { $address } och berättar det nya lösenordet för de andra.
shared-reminder-register = Inget mobilnummer är registrerat för kontot. Registrera ett först, medan lösenordet fungerar: { $address }
own-reminder-help = Ditt mobilnummer är inte registrerat. Kontakta { $name }.
shared-reminder-help = Inget mobilnummer är registrerat för kontot. Kontakta { $name }.
