# Sidorna. Korta etiketter är de som folk känner igen från de gamla guiderna.

## Ramen kring varje sida

language-name = Svenska
service-reset = Inloggningsassistenten
service-register = Lösenordsregistrering
page-title = { $step } – { $service } – { $tenant }
page-title-error = Fel: { $step } – { $service } – { $tenant }
skip-link = Hoppa till innehållet
step = Steg { $number } av { $of }
error-heading = Det gick inte att gå vidare
error-prefix = Fel:
help-heading = Hjälp och kontakt
help-name = Kontakta { $name } om du behöver hjälp.
help-phone = Telefon:
help-mail = E-post:
help-hours = Öppettider:
help-page = Mer hjälp:
cookie = Tjänsten använder en nödvändig kaka för att hålla ihop ditt ärende. Den slutar gälla efter högst 30 minuter.

## Tiden

time-limits = Du har { $idle } minuter på dig för varje steg och { $whole } minuter sammanlagt.
time-here = { $minutes ->
    [one] Du har 1 minut på dig att gå vidare. Sedan behöver du börja om.
   *[other] Du har { $minutes } minuter på dig att gå vidare. Sedan behöver du börja om.
}
time-idle-heading = Är du kvar?
time-idle = Av säkerhetsskäl avslutas ärendet inom 2 minuter. Tryck på Fortsätt om du behöver mer tid. Det du har skrivit finns kvar.
time-whole-heading = Tiden är snart slut
time-whole = Av säkerhetsskäl avslutas ärendet inom 2 minuter. Tiden går inte att förlänga. Gå vidare innan dess, annars behöver du börja om.
time-over-heading = Tiden gick ut
time-over = Av säkerhetsskäl är ärendet avslutat. Det du skrev på sidan har inte skickats. Börja om.
time-failed-heading = Vi fick inget svar
time-failed = Kontrollera att du har nätverk och tryck på Fortsätt igen. Det du har skrivit finns kvar.
button-stay = Fortsätt

## Knappar

button-next = Nästa
button-cancel = Avbryt
button-sign-in = Logga in
button-code-again = Skicka ny kod
button-keep-number = Numret stämmer – jag är klar
button-keep-numbers = Numren stämmer – jag är klar
button-another = Skicka koden dit
button-stop = Stoppa bytet
button-not-you = Är det inte du? Logga ut
link-start-over = Börja om
link-lost = Jag har inte kvar mobilen
link-back = Tillbaka till numren
link-reload = Ladda om sidan

label-username = Användarnamn
label-password = Lösenord
label-current-password = Nuvarande lösenord
label-code = Säkerhetskod
label-number = Mobilnummer
label-holder = Namn på den som har mobilen
label-new-password = Ange ett nytt lösenord
label-new-password-again = Ange lösenordet på nytt

## Återställa: användarnamn

start-heading = Lås upp ditt konto eller välj ett nytt lösenord
start-intro = Det här fungerar om du har registrerat ditt mobilnummer. Vi skickar en säkerhetskod dit med sms.
start-hint = Skriv ditt användarnamn eller din e-postadress.
start-hint-example = Skriv ditt användarnamn eller din e-postadress. Exempel: { $example }
start-register = Har du inte registrerat ditt mobilnummer? Gör det medan ditt lösenord fungerar:
start-change = Kan du ditt lösenord men vill ha ett nytt, kanske för att det har gått ut?
start-change-link = Byt lösenord
username-empty = Skriv ditt användarnamn.
username-malformed = Det ser inte ut som ett användarnamn. Kontrollera det du har skrivit.
form-stale = Sidan har varit öppen för länge. Försök igen.

## Säkerhetskod

code-heading-reset = Verifiera din identitet: Verifiering via mobiltelefon
code-heading-register = Lösenordsregistrering: Verifiering via mobiltelefon
code-sent = Om uppgifterna stämmer skickar vi en säkerhetskod med sms. Den går till mobilnumret som är registrerat för kontot.
code-sent-change = Lösenordet stämmer. Vi har skickat en säkerhetskod med sms till mobilnumret som är registrerat för kontot.
code-sent-old = Innan du kan byta nummer behöver vi veta att det är du. Vi har skickat en säkerhetskod med sms till det nummer som är registrerat nu: { $number }
code-sent-new = Bekräfta att numret är ditt. Vi har skickat en säkerhetskod med sms till { $number }
code-sent-add = Innan du kan lägga till ett nummer behöver vi veta att det är du. Vi har skickat en säkerhetskod med sms till { $number }
code-sent-remove = Innan numret tas bort behöver vi veta att det är du. Vi har skickat en säkerhetskod med sms till { $number }
code-sent-stop = För att stoppa bytet har vi skickat en säkerhetskod med sms till { $number }
code-sent-stop-name = Om ett byte av mobilnummer är på väg skickar vi en säkerhetskod med sms. Den går till mobilnumret som är registrerat för kontot nu.
code-hint = Skriv de 6 siffrorna från sms:et.
code-time = { $minutes ->
    [one] Du har 1 minut på dig att skriva koden. Behöver du mer tid kan du begära en ny.
   *[other] Du har { $minutes } minuter på dig att skriva koden. Behöver du mer tid kan du begära en ny.
}
code-again-heading = Har du inte fått något sms?
code-wait = Vänta i 3 minuter. Ibland dröjer sms:et.
code-resent = Om uppgifterna stämmer har vi skickat en ny kod. Den gamla koden gäller inte längre.
code-resent-register = Vi har skickat en ny kod. Den gamla koden gäller inte längre.
code-again-wait = { $seconds ->
    [one] Du kan begära en ny kod om 1 sekund.
   *[other] Du kan begära en ny kod om { $seconds } sekunder.
}
code-again-early = Det är för tidigt för en ny kod. Längre ner ser du när du kan begära en.
code-again-ready = Nu kan du begära en ny kod.
code-filled = Koden från sms:et är ifylld. Tryck på Nästa för att gå vidare.
code-again-none = Du kan inte få fler koder i det här ärendet. Behöver du en ny avbryter du och börjar om.
code-no-phone = Har du inte kvar mobilen? Då behöver du hjälp av { $name }.
code-no-phone-old = Har du inte kvar mobilen med det gamla numret? Då behöver du hjälp av { $name }.
code-no-phone-delay = Har du inte kvar mobilen med det gamla numret?
another-heading = Har du flera registrerade nummer?
another-intro = Skriv hela det nummer som du vill ha koden till. Koden skickas bara om numret är registrerat för kontot.
another-label = Ett annat av mina nummer
another-which = Skicka koden till ett annat nummer
code-other-number = Blev numret fel? Avbryt och börja om.
delivery-on-its-way = Sms:et är på väg.
delivery-delivered = Sms:et har kommit fram till telefonen.
delivery-not-delivered = Sms:et kunde inte levereras. Kontrollera numret. Är det fel? Avbryt och börja om.
delivery-not-sent = Sms:et kunde inte skickas. Det beror inte på dig. Vänta en stund och begär sedan en ny kod.
delivery-look-again = Titta igen
code-empty = Skriv säkerhetskoden.
code-format = Koden ska ha 6 siffror.
code-wrong = Koden stämmer inte. Kontrollera koden i det senaste sms:et och försök igen.
code-dead = Koden har skrivits fel tre gånger och gäller inte längre. Begär en ny kod.
code-expired = Koden gäller inte längre. Begär en ny kod.

## Val

choose-heading = Välj vad du vill göra
choose-who = Återställer lösenordet för { $user }
choose-legend = Vi vet nu vem du är. Vad vill du göra?
choose-keep = Behåll ditt nuvarande lösenord och lås upp ditt konto
choose-keep-hint = Om du minns ditt lösenord men ändå inte kan logga in.
choose-new = Ange ett nytt lösenord och lås upp ditt konto
choose-new-hint = Om du har glömt ditt lösenord eller vill byta det.
choose-empty = Välj ett av alternativen.
unavailable-unlock = Vi når inte kommunens system just nu. Kontot är inte upplåst. Försök igen om en stund.

## Nytt lösenord

password-heading = Ange ett nytt lösenord
password-show = Visa lösenord
password-hide = Dölj lösenord
password-rules = Lösenordet ska:
password-tip = Flera ord efter varandra blir ett långt lösenord som är lätt att minnas. Du kan klistra in från en lösenordshanterare.
password-met = Uppfyllt:
password-count = { $met } av { $of } krav är uppfyllda
password-later = (kontrolleras när du går vidare)
password-made-of = Lösenordet består av ord som är lätta att gissa: { $words }. Välj något annat.
password-must = Lösenordet ska { $rule }.
password-broken = Inte uppfyllt:
password-empty = Skriv ett nytt lösenord.
password-different = De två lösenorden är inte lika. Skriv samma lösenord i båda fälten.
rule-min-length = { $count ->
    [one] ha minst 1 tecken
   *[other] ha minst { $count } tecken
}
rule-max-length = ha högst { $count } tecken
rule-kinds = { $count ->
    [1] innehålla minst en av dessa: stora bokstäver, små bokstäver, siffror, specialtecken (till exempel %&/#)
    [2] innehålla minst två av dessa: stora bokstäver, små bokstäver, siffror, specialtecken (till exempel %&/#)
    [3] innehålla minst tre av dessa: stora bokstäver, små bokstäver, siffror, specialtecken (till exempel %&/#)
   *[other] innehålla stora bokstäver, små bokstäver, siffror och specialtecken (till exempel %&/#)
}
rule-upper = innehålla minst en stor bokstav
rule-lower = innehålla minst en liten bokstav
rule-digit = innehålla minst en siffra
rule-sign = innehålla minst ett specialtecken (till exempel %&/#)
rule-without = inte innehålla { $characters }
rule-letters-digits = bara innehålla bokstäver och siffror
rule-ascii = bara innehålla bokstäverna a till z (stora och små), siffror och vanliga specialtecken (till exempel %&/#)
rule-ascii-space = bara innehålla bokstäverna a till z (stora och små), siffror, vanliga specialtecken (till exempel %&/#) och mellanslag
rule-not-username = inte innehålla ditt användarnamn
rule-not-name = inte innehålla ditt namn
rule-not-banned = inte bestå av ett eller två ord som är lätta att gissa, till exempel en årstid eller kommunens namn, även med siffror och tecken till
rule-not-leaked = inte vara ett vanligt eller läckt lösenord
rule-not-earlier = inte vara ett lösenord som du har haft tidigare
rule-not-last = { $count ->
    [one] inte vara ditt senaste lösenord
   *[other] inte vara något av dina { $count } senaste lösenord
}
rule-min-age = { $hours ->
    [one] bytas tidigast en timme efter förra bytet
   *[other] bytas tidigast { $hours } timmar efter förra bytet
}
rule-directory-kinds = innehålla minst tre av dessa: stora bokstäver, små bokstäver, siffror, specialtecken (till exempel %&/#), andra bokstäver (till exempel å)
too-early-heading = Du kan inte byta lösenord än
too-early-minutes = { $minutes ->
    [one] Lösenordet är nytt. Du kan byta det igen om 1 minut.
   *[other] Lösenordet är nytt. Du kan byta det igen om { $minutes } minuter.
}
too-early-hours = { $hours ->
    [one] Lösenordet är nytt. Du kan byta det igen om 1 timme.
   *[other] Lösenordet är nytt. Du kan byta det igen om { $hours } timmar.
}
too-early-days = { $days ->
    [one] Lösenordet är nytt. Du kan byta det igen om 1 dag.
   *[other] Lösenordet är nytt. Du kan byta det igen om { $days } dagar.
}
too-early-help = Kan du inte vänta? Då behöver du hjälp av { $name }.
word-or = eller
character-space = mellanslag

## Varför ett nytt lösenord inte togs emot, och vad man gör

rejection-too_short = Lösenordet är för kort. Välj ett längre.
rejection-too_long = Lösenordet är för långt. Välj ett kortare.
rejection-too_simple = Lösenordet är för enkelt. Blanda stora och små bokstäver, siffror och specialtecken.
rejection-guessable = Lösenordet är lätt att gissa. Välj ett annat.
rejection-contains_name = Lösenordet innehåller ditt namn eller ditt användarnamn. Välj ett annat.
rejection-characters = Lösenordet innehåller tecken som inte går att använda. Använd bokstäver, siffror och vanliga specialtecken.
rejection-earlier = Du har haft det lösenordet tidigare. Välj ett som du inte har haft.
rejection-too_young = Du bytte lösenord för kort tid sedan. Vänta innan du byter igen, eller kontakta { $name }.
rejection-too_young-wait = { $hours ->
    [one] Du bytte lösenord för kort tid sedan. Du kan byta igen om 1 timme.
   *[other] Du bytte lösenord för kort tid sedan. Du kan byta igen om { $hours } timmar.
}
rejection-earlier_or_too_young = Lösenordet godkändes inte. Kanske har du haft det tidigare, eller så bytte du lösenord för kort tid sedan. Välj ett annat.
rejection-unnamed = Kommunens system godkände inte lösenordet. Välj ett helt annat, gärna längre.
rejection-wrong_password = Ditt nuvarande lösenord stämmer inte. Skriv det igen.
rejection-locked = Kontot är låst efter för många felaktiga lösenord. Ditt lösenord är inte ändrat. Börja om och lås upp kontot med en säkerhetskod, eller kontakta { $name }.
rejection-no_right = Det här kontots lösenord kan inte ändras här. Kontakta { $name } så får du hjälp.
rejection-unavailable = Vi når inte kommunens system just nu. Ditt lösenord är inte ändrat. Försök igen om en stund.
rejection-not_taken = Kommunens system tog inte emot ändringen. Ditt lösenord är inte ändrat. Försök igen om en stund, eller kontakta { $name }.

## Byta ett lösenord som man kan

change-heading = Byt lösenord
change-intro = Skriv ditt användarnamn och det lösenord du har nu. Det går bra även om lösenordet har gått ut eller måste bytas.
change-forgot = Har du glömt ditt lösenord?
change-forgot-link = Återställ det med en säkerhetskod
change-who = Byter lösenordet för { $user }
current-password-empty = Skriv ditt nuvarande lösenord.
done-changed-heading = Klart: Lösenordet är bytt
no-number-heading = Det behövs ett registrerat mobilnummer
no-number = Lösenordet stämmer. För att byta det behöver du också en säkerhetskod med sms, men inget mobilnummer är registrerat för kontot.
no-number-register = Registrera ditt mobilnummer på { $address } om lösenordet fortfarande gäller. Har det gått ut behöver du hjälp av { $name }.
locked-heading = Kontot är låst

## Återställa: klart

done-password-heading = Klart: Lösenordet har återställts
done-password = Du kan nu använda det nya lösenordet för att logga in.
done-unlock-heading = Klart: Ditt konto är upplåst
done-unlock = Logga in med ditt nuvarande lösenord.
done-account = Det gäller kontot { $user }.
done-next-heading = Tänk på det här

## Registrera: logga in

sign-in-heading = Logga in för att registrera ditt mobilnummer
sign-in-intro = Med ett registrerat mobilnummer kan du låsa upp ditt konto och välja nytt lösenord när som helst.
sign-in-which = Logga in med det konto som numret ska gälla för. Det går också bra när datorn är inloggad som någon annan.
sign-in-privacy = { $tenant } är personuppgiftsansvarig. Numret används bara för säkerhetskoder och för att berätta om ändringar, och du kan själv ta bort det på den här webbplatsen.
sign-in-forgot = Har du glömt ditt lösenord? Gå till:
sign-in-empty-username = Skriv ditt användarnamn.
sign-in-empty-password = Skriv ditt lösenord.
sign-in-refused = Användarnamnet eller lösenordet stämmer inte, eller så kan kontot inte användas här. Försök igen eller kontakta { $name }.

## Registrera: lösenordet en gång till

confirm-heading = Ange ditt lösenord en gång till
confirm-who = Du är inloggad som { $user }.
confirm-why = Vi frågar en gång till så att ingen annan kan ändra ditt nummer.
confirm-empty = Skriv ditt nuvarande lösenord.
confirm-wrong = Lösenordet stämmer inte. Försök igen.

## Registrera: numret

number-heading = Lösenordsregistrering: Verifiering via mobiltelefon
number-none = Inget nummer är registrerat.
number-current = Registrerat nummer:
number-intro = Ange ditt mobilnummer. Vi skickar en säkerhetskod dit om du behöver återställa ditt lösenord.
number-change = Stämmer det inte längre? Skriv det nya numret.
number-which = Använd i första hand din arbetsmobil. Har du ingen kan du ange ditt privata nummer.
number-hint = Till exempel 070-123 45 67
number-label-new = Nytt mobilnummer
number-keep-heading = Stämmer numret?
numbers-change = Vill du byta ett av numren? Välj det och skriv det nya numret. Koden går först till det gamla numret.
numbers-which = Vilket nummer vill du byta?
numbers-keep-heading = Stämmer numren?
numbers-more-heading = Mer du kan göra
numbers-choose = Välj ett av numren.
holder-hint = Så vet ni vem numret hör till. Namnet syns bara här.
holder-empty = Skriv namnet på den som har mobilen.
holder-malformed = Skriv ett kortare namn, högst 60 tecken.
waiting = Ett byte av mobilnummer är på väg. Det görs { $when }.
waiting-heading = Ska bytet inte göras?
waiting-stop = Vi skickar en säkerhetskod till det nummer som är registrerat nu. Med den stoppar du bytet.
add-heading = Lägg till ett nummer
add-intro = Du kan ha två nummer, till exempel arbetsmobilen och din egen. Kan du inte ta emot koden på det ena använder du det andra.
add-holder-heading = Lägg till en person
add-holder-intro = Upp till fem personer kan ha ett nummer för kontot. Alla får veta när något ändras.
remove-heading = Ta bort ett nummer
remove-only = Vill du ta bort { $number }?
remove-last = Du kan då inte återställa lösenordet med sms.
remove-which = Vilket nummer vill du ta bort?
lost-heading = Byt nummer utan den gamla mobilen
lost-wait = { $hours ->
    [one] Bytet görs om 1 timme. Till dess gäller det gamla numret.
   *[other] Bytet görs om { $hours } timmar. Till dess gäller det gamla numret.
}
lost-told = Vi berättar genast om bytet med sms till de nummer som är registrerade och med mejl. Den som har en av mobilerna kan stoppa det.
lost-code = Först skickar vi en säkerhetskod till det nya numret.
lost-which = Vilken mobil har du inte kvar?
task-code-first = Vi skickar först en säkerhetskod till ett nummer som redan är registrerat.
task-to = Vart ska vi skicka koden?
number-empty = Skriv ditt mobilnummer.
number-malformed = Numret ser inte ut som ett mobilnummer. Skriv det till exempel så här: 070-123{"\u00A0"}45{"\u00A0"}67.
number-not-mobile = Numret kan inte ta emot sms. Skriv ett mobilnummer.
number-country = Vi kan bara skicka sms till nummer från { $countries }.
number-same = Det numret är redan registrerat. Skriv ett annat.
country-se = Sverige
country-no = Norge
country-dk = Danmark
country-fi = Finland
country-is = Island
country-ax = Åland
country-de = Tyskland
country-ee = Estland
country-lv = Lettland
country-lt = Litauen
country-pl = Polen
country-gb = Storbritannien
word-and = och

## Registrera: klart

done-saved-heading = Klart: Ditt mobilnummer är registrerat
done-kept-heading = Klart: Ditt mobilnummer stämmer
done-removed-heading = Klart: Numret är borttaget
done-removed-last = Inget nummer är registrerat. Du kan inte återställa lösenordet med sms förrän du registrerar ett nytt.
done-waiting-heading = Klart: Bytet av mobilnummer är begärt
done-waiting = Bytet görs { $when }. Till dess gäller det gamla numret.
done-waiting-told = Vi har berättat om det med sms till de nummer som är registrerade och med mejl. Du kan logga in här och stoppa bytet om du hittar mobilen.
done-stopped-heading = Klart: Bytet är stoppat
done-stopped = De registrerade numren är som förut.
done-stopped-password = Var det inte du som bad om bytet? Då kan någon känna till ditt lösenord. Välj ett nytt på:
done-number = Registrerat nummer: { $number }
done-reset = Om du glömmer ditt lösenord eller blir utelåst går du till:
done-signed-out = Du är utloggad.

## Registrera: stoppa ett byte

stop-heading = Stoppa ett byte av mobilnummer
stop-intro = Har du fått veta att ditt nummer ska bytas, och är det fel? Stoppa bytet med den mobil som är registrerad nu.
stop-hint = Skriv användarnamnet eller e-postadressen för kontot.

## Sidor som bara säger något

cancelled-heading = Du har avbrutit
cancelled = Inget är ändrat.
flow-over-heading = Du behöver börja om
flow-over = Kanske gick tiden ut, eller så är du redan klar.
exhausted-heading = Det blev för många försök
exhausted = Av säkerhetsskäl är ärendet avslutat. Inget är ändrat. Börja om eller kontakta { $name }.
exhausted-wait = { $minutes ->
    [one] Av säkerhetsskäl är ärendet avslutat. Inget är ändrat. Vänta 1 minut och börja om, eller kontakta { $name }.
   *[other] Av säkerhetsskäl är ärendet avslutat. Inget är ändrat. Vänta { $minutes } minuter och börja om, eller kontakta { $name }.
}
too-many-heading = Vi kan inte ta emot fler försök just nu
too-many = Försök igen om en stund.
too-many-wait = { $minutes ->
    [one] Försök igen om 1 minut.
   *[other] Försök igen om { $minutes } minuter.
}
held-heading = Vi tar inte emot fler försök från ditt nätverk just nu
held = Någon försöker gissa koder, och flera felaktiga koder har kommit från det nätverk som du använder. Det behöver inte vara du: många kan dela på ett nätverk.
held-until = Spärren gäller längst till { $until }. Den kan upphöra tidigare.
held-help = Du kan prova från ett annat nätverk, till exempel med mobilen utan wifi. Har du bråttom kontaktar du { $name }.
unavailable-heading = Vi når inte kommunens system just nu
unavailable-reset = Ditt lösenord är inte ändrat. Försök igen om en stund.
unavailable-register = Inget är ändrat. Försök igen om en stund.
unknown-heading = Vi vet inte om det gick
unknown = Vi skickade uppgifterna men fick inget svar från kommunens system.
unknown-wait = Vänta i 5 minuter.
unknown-try = Prova sedan att logga in. Valde du ett nytt lösenord provar du med det först.
unknown-help = Kommer du inte in? Börja om eller kontakta { $name }.
not-allowed-heading = Det här kontot kan inte återställas här
not-allowed = Kontakta { $name } så får du hjälp.
bad-request-heading = Vi förstod inte det som skickades
bad-request = Inget är ändrat. Börja om.
not-found-heading = Sidan finns inte
not-found = Kontrollera adressen eller börja om.
method-heading = Den här sidan går inte att öppna direkt
method = Börja om så kommer du rätt.
too-large-heading = Det som skickades är för stort
too-large = Inget är ändrat. Börja om och skriv kortare.
internal-heading = Något gick fel hos oss
internal = Försök igen om en stund. Kontaktar du { $name } kan du uppge { $reference }.
in-progress-heading = Vi arbetar med ditt ärende
in-progress = Vänta några sekunder och ladda sedan om sidan.
bad-origin-heading = Formuläret skickades inte från vår sida
bad-origin = Inget är ändrat. Öppna sidan på nytt och försök igen.

## Värdar som ingen har

bare-misdirected-heading = Här finns ingen tjänst
bare-misdirected = Kontrollera adressen du har skrivit.
bare-suspended-heading = Tjänsten är pausad
bare-suspended = Det går inte att använda tjänsten just nu, och inget har ändrats. Försök igen senare. Kontakta IT-supporten där du arbetar om det är bråttom.
bare-bad-request-heading = Vi förstod inte det som skickades
bare-bad-request = Kontrollera adressen och försök igen.
bare-not-found-heading = Sidan finns inte
bare-not-found = Kontrollera adressen du har skrivit.
bare-internal-heading = Något gick fel hos oss
bare-internal = Försök igen om en stund. Ange { $reference } om du kontaktar oss.

## Provmiljön

demo-title = Portvakt provmiljö
demo-intro = Här är allt på låtsas: kommunerna, kontona och telefonerna finns bara i den här datorn. Skriv inga riktiga lösenord eller nummer.
demo-limits = Gränserna per nätverk är 100 gånger högre här än i verkligheten. Gränserna per konto är de riktiga.
demo-outbox-link = Visa sms och mejl
demo-start-link = Till provmiljöns startsida
demo-reset = Lås upp eller byt lösenord:
demo-register = Registrera mobilnummer:
demo-try-normal = Glömt lösenordet? Prova som { $user }. Koden kommer till telefonen på sidan med sms och mejl.
demo-try-locked = Utelåst? Prova som { $user }.
demo-try-unregistered = Prova som { $user }, som inte har registrerat något nummer. Ett nummer som ingen har: 070-174 06 99.
demo-remind = Skicka dagens påminnelser nu
demo-remind-what = Mejlen till enheternas mottagare om lösenord som snart går ut. De kommer fram i inkorgarna; den som redan har fått en påminnelse får den inte igen.
demo-programs = För program:
demo-accounts = Konton i { $tenant }
demo-column-username = Användarnamn
demo-column-password = Lösenord
demo-column-state = Läge
demo-column-number = Mobilnummer
demo-no-number = inget
state-normal = vanligt
state-unregistered = inget nummer
state-locked = låst
state-expired = utgånget lösenord
state-must_change = måste byta lösenord
state-disabled = avstängt
state-protected = skyddat
state-functional = funktionskonto
outbox-title = Telefoner och brevlådor
outbox-intro-live = Sidan laddas om varannan sekund. Det nyaste står först.
outbox-intro-paused = Sidan laddas inte om. Det nyaste står först.
outbox-pause = Pausa
outbox-resume = Ladda om av sig själv
outbox-empty = Inget har skickats än.
outbox-phone = Telefon { $to }
outbox-mailbox = Brevlåda { $to }
outbox-code = Kod:
