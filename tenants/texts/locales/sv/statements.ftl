# Sidorna om tjänsten: hjälp, tillgänglighet, personuppgifter, kakor.

## Länkarna längst ner på varje sida

about-label = Om tjänsten
about-help = Hjälp
about-guides = Guider
about-accessibility = Tillgänglighet
about-privacy = Personuppgifter
about-cookies = Kakor
about-back = Du har ett påbörjat ärende.
about-back-link = Tillbaka till ärendet
about-form = Webbplats:
about-name = Namn:

## Tillgänglighet

accessibility-heading = Tillgänglighets{"\u00AD"}redogörelse
accessibility-who = { $tenant } står bakom tjänsten { $service } på { $address }. Vi vill att så många som möjligt ska kunna använda den.
accessibility-what = Här står hur tjänsten uppfyller lagen (2018:1937) om tillgänglighet till digital offentlig service, vilka brister som är kända och hur du kan anmäla fler.
accessibility-state-heading = Så tillgänglig är tjänsten
accessibility-fully = Tjänsten är helt förenlig med lagen om tillgänglighet till digital offentlig service. Inga brister är kända.
accessibility-partially = Tjänsten är delvis förenlig med lagen om tillgänglighet till digital offentlig service. Bristerna beskrivs nedan.
accessibility-not = Tjänsten är inte förenlig med lagen om tillgänglighet till digital offentlig service. De brister som är kända beskrivs nedan.
accessibility-unassessed = Det här bygger på de brister som är kända. { $tenant } har inte angett någon dag då tjänsten har bedömts.
accessibility-known-heading = Innehåll som inte är tillgängligt
accessibility-known-none = Inga brister är kända.
accessibility-criterion = WCAG { $criterion }
accessibility-for = För vem:
accessibility-why = Varför:
accessibility-mended = Åtgärdas:
accessibility-mended-by = senast { $day }
accessibility-mended-open = ingen dag är bestämd.
accessibility-burden-heading = Oskäligt betungande anpassning
accessibility-burden-intro = { $tenant } åberopar undantaget i 12 § i lagen för det här innehållet:
accessibility-burden-none = { $tenant } åberopar inte undantaget för oskäligt betungande anpassning (12 § i lagen) för något innehåll.
accessibility-exempt-heading = Innehåll som lagen inte omfattar
accessibility-exempt-intro = Det här innehållet omfattas inte av lagen (9 §):
accessibility-exempt-none = Inget innehåll är undantaget från lagen (9 §).
accessibility-test-heading = Så har tjänsten testats
accessibility-test-own = { $tenant } har själv bedömt tjänsten (självskattning). Den senaste bedömningen gjordes { $day }.
accessibility-test-external = En extern granskare har bedömt tjänsten. Den senaste bedömningen gjordes { $day }.
accessibility-test-none = { $tenant } har inte angett hur eller när tjänsten har bedömts.
accessibility-test-machine = När programmet ändras testas sidorna maskinellt: i smala fönster, med tangentbord, utan skript, och att färgerna har tillräcklig kontrast.
accessibility-tell-heading = Kontakta oss om du hittar brister
accessibility-tell = Hittar du något som du inte kan använda, eller behöver du innehållet på ett annat sätt? Berätta det för oss.
accessibility-answer = { $days ->
    [one] Du får svar inom 1 dag.
   *[other] Du får svar inom { $days } dagar.
}
accessibility-supervision-heading = Tillsyn
accessibility-supervision = Myndigheten för digital förvaltning (Digg) har tillsyn över lagen. Är du inte nöjd med hur vi hanterar det du har påpekat, eller vill du att Digg prövar ett undantag enligt 12 §, kan du anmäla det:
accessibility-updated = Redogörelsen uppdaterades { $day }.
accessibility-updated-none = { $tenant } har inte angett vilken dag redogörelsen senast gicks igenom.

## Personuppgifter

privacy-heading = Så behandlar vi personuppgifter
privacy-link = Så behandlar vi personuppgifter
privacy-controller = { $controller } är personuppgiftsansvarig för den här tjänsten.
privacy-board = { $board } i { $tenant }
privacy-reach = Så når du den personuppgiftsansvariga:
privacy-what-heading = Vilka uppgifter
privacy-what-number = Mobilnumret som du registrerar. För ett konto som flera delar även namnet på den som har mobilen.
privacy-what-account = Användarnamnet eller e-postadressen som du skriver, och vilket konto det är i kommunens katalog. Ur katalogen läser vi också ditt namn, din e-postadress, kontots grupper och om kontot är låst.
privacy-what-events = Vad som händer i tjänsten och när: till exempel att en kod skickades, att ett lösenord byttes eller att ett nummer registrerades.
privacy-what-network = Vilket nätverk du kommer från. Ip-adressen sparas inte, bara en kod för nätverket som adressen inte kan läsas ur.
privacy-what-feedback = Det du svarar om guiderna, utan uppgift om vem du är. E-postadresser och långa nummer tas bort ur det du skriver.
privacy-what-reminders = Innan ett lösenord går ut får enhetens mottagare, till exempel chefen, ett mejl med personens namn, användarnamn och lösenordets sista dag. Uppgifterna hämtas ur kommunens katalog.
privacy-what-own-reminders = Du kan också själv få ett mejl eller sms om att ditt eget eller ett delat lösenord går ut, till e-postadressen i kommunens katalog eller till ditt registrerade mobilnummer.
privacy-what-password = Lösenord sparas aldrig. De skickas vidare till kommunens katalog.
privacy-why-heading = Varför
privacy-why = För att du säkert ska kunna låsa upp ditt konto och välja nytt lösenord, och för att ingen annan ska kunna göra det.
privacy-basis-public = Den rättsliga grunden är en uppgift av allmänt intresse (artikel 6.1{"\u00A0"}e i dataskyddsförordningen).
privacy-basis-obligation = Den rättsliga grunden är en rättslig förpliktelse (artikel 6.1{"\u00A0"}c i dataskyddsförordningen).
privacy-voluntary = Du väljer själv om du vill registrera ett mobilnummer. Utan nummer kan du inte återställa lösenordet här, utan behöver hjälp av { $name }.
privacy-automatic = Tjänsten fattar inga automatiska beslut som har rättsliga följder för dig eller påverkar dig på liknande sätt. Den bromsar försök som ser ut som gissningar.
privacy-long-heading = Hur länge
privacy-long-number = Mobilnumret sparas tills du tar bort eller byter det:
privacy-long-absent = { $days ->
    [one] När ditt konto har varit avstängt, avslutat eller borttaget i 1 dag tas numret bort av sig självt. Till dess sparas vilken dag tjänsten märkte det.
   *[other] När ditt konto har varit avstängt, avslutat eller borttaget i { $days } dagar tas numret bort av sig självt. Till dess sparas vilken dag tjänsten märkte det.
}
privacy-long-directory = Det första numret finns i kommunens katalog, som har sina egna regler för hur länge uppgifter sparas.
privacy-long-flow = { $hours ->
    [one] Ett ärende med användarnamnet som du skrev tas bort efter 1 timme.
   *[other] Ett ärende med användarnamnet som du skrev tas bort efter { $hours } timmar.
}
privacy-long-messages = { $days ->
    [one] Att ett sms eller mejl har skickats, och vart, sparas i 1 dag. Texten sparas inte.
   *[other] Att ett sms eller mejl har skickats, och vart, sparas i { $days } dagar. Texten sparas inte.
}
privacy-long-changes = { $days ->
    [one] Ett byte av nummer som har väntat sparas i 1 dag efter att det avslutades, utan numret.
   *[other] Ett byte av nummer som har väntat sparas i { $days } dagar efter att det avslutades, utan numret.
}
privacy-long-guards = { $days ->
    [one] Räknare som skyddar mot gissningar tas bort 1 dag efter det senaste försöket.
   *[other] Räknare som skyddar mot gissningar tas bort { $days } dagar efter det senaste försöket.
}
privacy-long-networks = { $days ->
    [one] När någon har återställt eller registrerat från ett nätverk sparas koden för nätverket i 1 dag från senaste gången.
   *[other] När någon har återställt eller registrerat från ett nätverk sparas koden för nätverket i { $days } dagar från senaste gången.
}
privacy-long-feedback = { $days ->
    [one] Svar om guiderna tas bort efter 1 dag.
   *[other] Svar om guiderna tas bort efter { $days } dagar.
}
privacy-long-reminders = { $days ->
    [one] Att en påminnelse om lösenord har skickats, och till vilken enhets mottagare, sparas i 1 dag. Texten sparas bara tills den har skickats, högst 30 dagar.
   *[other] Att en påminnelse om lösenord har skickats, och till vilken enhets mottagare, sparas i { $days } dagar. Texten sparas bara tills den har skickats, högst 30 dagar.
}
privacy-long-reminded = { $days ->
    [one] Att ett konto fanns med i en påminnelse sparas i 1 dag, så att ingen får samma påminnelse två gånger.
   *[other] Att ett konto fanns med i en påminnelse sparas i { $days } dagar, så att ingen får samma påminnelse två gånger.
}
privacy-long-events = Händelser sparas så länge { $tenant } använder tjänsten och tas inte bort automatiskt. Ditt namn och mobilnummer står inte där, bara ett slumpmässigt id. Tjänsten sparar vilket konto id:t hör till.
privacy-long-removed = Uppgifter kan finnas kvar en tid i säkerhetskopior. Fråga { $tenant } hur länge.
privacy-who-heading = Vilka får del av uppgifterna
privacy-who-processor = { $processor } driver tjänsten och behandlar uppgifterna åt { $tenant }.
privacy-who-unnamed = Fråga { $tenant } vem som driver tjänsten.
privacy-who-sms = Ditt mobilnummer och texten i sms:et går till { $suppliers }, som skickar sms åt { $tenant }.
privacy-who-gateway = en sms-tjänst som kommunen själv har valt
privacy-who-mail = När vi mejlar dig går din e-postadress och texten genom den e-postserver som { $tenant } har valt.
privacy-public = Uppgifter hos en kommun kan vara allmänna handlingar. Den som begär ut dem kan få dem, om de inte omfattas av sekretess.
privacy-abroad = Överföring till länder utanför EU och EES
privacy-abroad-usa = Uppgifter kan föras över till USA, genom { $suppliers }.
privacy-abroad-unguarded = { $tenant } har inte angett hur uppgifterna skyddas där. Fråga { $tenant }.
privacy-abroad-unknown = { $tenant } har inte angett i vilket land sms-tjänsten finns. Fråga { $tenant }.
privacy-abroad-none = De som skickar sms åt kommunen finns inom EU eller EES. { $tenant } har inte angett någon överföring till andra länder.
privacy-rights-heading = Dina rättigheter
privacy-rights = Du har rätt att få veta vilka uppgifter vi har om dig, och att få dem rättade. I vissa fall kan du också få dem raderade eller få behandlingen begränsad.
privacy-rights-self = Du kan själv se slutet av ditt mobilnummer, byta numret och ta bort det:
privacy-rights-ask = Vill du något annat vänder du dig till { $controller }.
privacy-object-heading = Du kan invända
privacy-object = Den rättsliga grunden är en uppgift av allmänt intresse. Därför har du rätt att när som helst invända mot att vi behandlar dina uppgifter, av skäl som rör just din situation (artikel 21 i dataskyddsförordningen). Då slutar vi, om vi inte kan visa att det finns skäl som väger tyngre. Vänd dig till { $controller }.
privacy-object-none = Rätten att invända (artikel 21 i dataskyddsförordningen) gäller inte här, eftersom den rättsliga grunden är en rättslig förpliktelse.
privacy-officer-heading = Dataskyddsombud
privacy-officer-none = { $tenant } har ett dataskyddsombud. Kontaktuppgifterna är inte angivna här. Fråga { $tenant }.
privacy-more = Mer om hur { $tenant } behandlar personuppgifter:
privacy-complain-heading = Om du inte är nöjd
privacy-complain = Du kan klaga hos Integritetsskyddsmyndigheten (IMY):

## Kakor

cookies-heading = Kakor
cookies-intro = Tjänsten använder en enda kaka. Den är nödvändig, så vi behöver inte be om ditt samtycke. Inga andra kakor används, ingenting mäter hur du använder tjänsten och ingenting hämtas från någon annan.
cookies-name = Namn:
cookies-purpose-heading = Vad den är till för
cookies-purpose = Den håller ihop ditt ärende från det att du skriver ditt användarnamn tills du är klar. Den innehåller bara en slumpmässig text. Ingen kaka sätts när du läser sidor som den här.
cookies-life-heading = Hur länge den finns
cookies-life = Den slutar gälla efter { $idle } minuter utan att du skickar in något, och senast { $whole } minuter efter att ärendet började. Webbläsaren tar bort den när den stängs. Trycker du på Avbryt tas den bort genast.
cookies-who-heading = Vem som kan läsa den
cookies-who = Bara den här tjänsten, på { $address }. Skript kan inte läsa den.
cookies-without = Stänger du av kakor i webbläsaren kan du läsa sidorna men inte låsa upp ditt konto, välja lösenord eller registrera nummer.

## Hjälp

help-page-heading = Hjälp
help-page-intro = Här är svar på vanliga frågor. Hittar du inte svaret kontaktar du { $name }.
help-no-sms-heading = Det kom inget sms
help-no-sms = Vänta i 3 minuter. Ibland dröjer det. Kommer det ändå inget kan du be om en ny kod på sidan där koden ska skrivas.
help-no-sms-why = Koden skickas bara om ett mobilnummer är registrerat för kontot. Av säkerhetsskäl säger sidan inte om det är så. Kontrollera att användarnamnet är rätt, att mobilen har täckning och att den inte spärrar sms från okända.
help-lost-heading = Jag har inte kvar mobilen
help-lost-delay = { $hours ->
    [one] Kan du ditt lösenord? Logga in, välj ”Jag har inte kvar mobilen” och skriv det nya numret. Bytet görs efter 1 timme, och det gamla numret får veta det genast.
   *[other] Kan du ditt lösenord? Logga in, välj ”Jag har inte kvar mobilen” och skriv det nya numret. Bytet görs efter { $hours } timmar, och det gamla numret får veta det genast.
}
help-lost-desk = Kan du inte ditt lösenord? Då behöver du hjälp av { $name }.
help-lost-no-delay = Då behöver du hjälp av { $name }.
help-lost-second = Har du flera registrerade nummer kan du få koden till ett av de andra, på sidan där koden ska skrivas.
help-locked-heading = Kontot är låst
help-locked-keep = Med en säkerhetskod kan du låsa upp kontot och behålla lösenordet du har, eller välja ett nytt.
help-locked-new = Med en säkerhetskod kan du välja ett nytt lösenord. Då låses kontot också upp.
help-expired-heading = Lösenordet har gått ut
help-expired-reset = Med en säkerhetskod kan du välja ett nytt lösenord, också när det gamla har gått ut.
help-expired-change-code = Minns du det gamla lösenordet kan du byta det. Också då skickar vi en säkerhetskod.
help-expired-change = Minns du det gamla lösenordet kan du byta det utan säkerhetskod.
help-never-heading = Jag har aldrig registrerat ett mobilnummer
help-never = Registrera det medan ditt lösenord fungerar. Du loggar in, skriver numret och bekräftar det med en kod.
help-never-desk = Fungerar lösenordet inte längre behöver du hjälp av { $name }.
help-network-heading = Jag är utanför kommunens nätverk
help-network = Tjänsten fungerar var du än är, i mobilen, på en surfplatta eller i en dator.
help-network-built-in = En dator på jobbet kan behöva vara ansluten till nätverket där innan den känner igen ett nytt lösenord. Fråga { $name } om du inte kommer in på datorn.
help-functional-heading = Det gäller ett konto som en enhet delar
help-functional = Den ansvariga chefen, eller den som chefen har delegerat till, registrerar nummer för kontot och byter dess lösenord.
help-functional-desk = Behöver du hjälp med ett sådant konto kontaktar du { $name }:
help-to-functional = Guide, steg för steg:
help-to-reset = Lås upp eller välj nytt lösenord:
help-to-change = Byt lösenord:
help-to-register = Registrera eller byt mobilnummer:
done-inside-heading = När du är på kommunens nätverk
done-outside-heading = När du är utanför kommunens nätverk
