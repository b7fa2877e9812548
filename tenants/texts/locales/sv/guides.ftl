# Guiderna steg för steg: att läsa på skärmen eller skriva ut. Alla texter får samma värden och tar dem som de behöver.

guides-heading = Guider steg för steg
guides-intro = Välj en guide. Du kan läsa den här eller skriva ut den.
guides-link = Guider steg för steg
guides-link-short = Vill du ha hjälp på vägen?
guide-print = Vill du ha guiden på papper? Tryck på Ctrl och P samtidigt, eller välj Skriv ut i webbläsarens meny.
guide-dated = { $tenant }. Guiden är från { $date }. Den senaste finns alltid på { $address }.
guide-before = Innan du börjar
guide-problems = Om något inte stämmer
guide-who = Då behöver du hjälp av { $name }.
guide-back = Alla guider

## Bilderna

guide-alt-sign-in = Sidan där du loggar in: fält för användarnamn och lösenord, och knappen Logga in.
guide-alt-confirm = Sidan där du skriver ditt nuvarande lösenord en gång till, med knappen Nästa.
guide-alt-number = Sidan där du skriver ditt mobilnummer, med knappen Nästa.
guide-alt-register-code = Sidan där du bekräftar numret: ett fält för säkerhetskoden och knappen Nästa.
guide-alt-registered = Sidan som säger att registreringen är klar och visar numrets sista siffror.
guide-alt-holder = Sidan där du skriver namnet på den som har mobilen och mobilnumret, med knappen Nästa.
guide-alt-start = Sidan där du skriver ditt användarnamn, med knappen Nästa.
guide-alt-reset-code = Sidan där du skriver säkerhetskoden från sms:et, med knappen Nästa.
guide-alt-choose = Sidan med de två valen: behåll lösenordet och lås upp kontot, eller ange ett nytt lösenord.
guide-alt-password = Sidan med kraven på lösenordet och två fält för det nya lösenordet.
guide-alt-done = Sidan som säger att lösenordet har återställts.
guide-alt-change = Sidan där du skriver ditt användarnamn och det lösenord du har nu.

## Registrera

guide-registration-heading = Guide: registrera ditt mobilnummer
guide-registration-about = Så registrerar, kontrollerar och byter du numret som säkerhetskoden skickas till.
guide-registration-intro = När ditt mobilnummer är registrerat kan du själv låsa upp ditt konto eller välja ett nytt lösenord, dygnet runt. Det tar några minuter och behövs bara en gång.
guide-registration-before-password = Du behöver ett lösenord som fungerar. Registrera numret innan du glömmer det eller det går ut.
guide-registration-before-phone = Ha mobilen nära. Du får en säkerhetskod med sms.
guide-registration-before-device = Använd vilken dator, surfplatta eller mobil du vill.
guide-registration-before-shared = Gäller det ett konto som en enhet delar? Följ i stället den här guiden:
guide-registration-steps = Så gör du
guide-registration-open = Öppna en webbläsare och gå till
guide-registration-sign-in = Skriv ditt användarnamn och ditt nuvarande lösenord. Tryck på { $signin }.
guide-registration-sign-in-example = Skriv ditt användarnamn, till exempel { $example }, och ditt nuvarande lösenord. Tryck på { $signin }.
guide-registration-confirm = Sidan visar vem du är inloggad som. Kontrollera att det är du, skriv ditt nuvarande lösenord en gång till och tryck på { $next }.
guide-registration-number = Skriv ditt mobilnummer och tryck på { $next }. Har du redan ett registrerat nummer visar sidan slutet av det.
guide-registration-keep = Stämmer numret som visas? Tryck på ”{ $keep }”.
guide-registration-code = Du får ett sms med en säkerhetskod på sex siffror. Skriv koden på sidan inom { $minutes } minuter och tryck på { $next }.
guide-registration-done = Klart! Nu kan du återställa ditt lösenord på
guide-registration-change-heading = Byta nummer
guide-registration-change = Logga in på samma sätt och skriv det nya numret. Först skickas en kod till det gamla numret, sedan en annan kod till det nya. Gör det innan du lämnar ifrån dig den gamla mobilen.
guide-registration-more = På samma sida kan du lägga till ett andra nummer eller ta bort ett.
guide-problem-sms = Har du inte fått något sms?
guide-problem-sms-wait = Vänta i 3 minuter, ibland dröjer det. Begär sedan en ny kod på samma sida. Den gamla koden slutar då att gälla.
guide-problem-phone = Kan du ditt lösenord men har inte kvar mobilen?
guide-problem-phone-delay = Logga in på { $register } och välj ”{ $lost }”. Skriv det nya numret. Det börjar gälla efter { $hours } timmar. Under tiden får den som har det gamla numret veta det och kan stoppa bytet.
guide-problem-both = Har du varken mobilen eller ett lösenord som fungerar?
guide-problem-both-help = Då behöver du hjälp av { $name }. Be din chef, eller den som är behörig beställare hos företaget du arbetar för, att höra av sig.
guide-problem-both-mail = Den som hjälper dig mejlar { $mail } med ämnet ”Koppla nytt mobilnummer” och anger sitt eget namn, ditt namn och användarnamn och ditt nya mobilnummer. Skriv aldrig ett lösenord eller en kod i mejlet.
guide-problem-both-phone = Den som hjälper dig ringer { $phone } och anger sitt eget namn, ditt namn och användarnamn och ditt nya mobilnummer.
guide-problem-signed-in = Är datorn inloggad som någon annan?
guide-problem-signed-in-fine = Det gör inget. Sidan frågar alltid efter användarnamn och lösenord, och numret hör till det konto du skriver.

## Återställa

guide-reset-heading = Guide: återställ ditt lösenord
guide-reset-heading-unlock = Guide: lås upp ditt konto eller återställ ditt lösenord
guide-reset-about = Så väljer du ett nytt lösenord när du har glömt det eller det har gått ut.
guide-reset-about-unlock = Så låser du upp ditt konto, eller väljer ett nytt lösenord när du har glömt det eller det har gått ut.
guide-reset-intro = Du kan göra det här själv, dygnet runt, också hemifrån eller från någon annan plats utanför kommunens nätverk. Koden i sms:et visar att det är du.
guide-reset-before-number = Ditt mobilnummer behöver vara registrerat. Är det inte det följer du först den här guiden, medan ditt lösenord fungerar:
guide-reset-before-phone = Ha mobilen med det registrerade numret nära.
guide-reset-before-device = Använd vilken dator, surfplatta eller mobil du vill.
guide-reset-before-account = Har du inget konto, eller har du aldrig fått ett lösenord? Då kontaktar du din chef.
guide-reset-steps = Så gör du
guide-reset-open = Öppna en webbläsare och gå till
guide-reset-username = Skriv ditt användarnamn eller din e-postadress. Tryck på { $next }.
guide-reset-username-example = Skriv ditt användarnamn, till exempel { $example }, eller din e-postadress. Tryck på { $next }.
guide-reset-code = Du får ett sms med sex siffror till det registrerade numret. Skriv dem på sidan inom { $minutes } minuter och tryck på { $next }.
guide-reset-code-wait = Har du inte fått något sms? Vänta i 3 minuter, ibland dröjer det.
guide-reset-choose = Välj vad du vill göra.
guide-reset-choose-keep = Minns du lösenordet men kan ändå inte logga in? Då kan kontot vara låst efter för många felaktiga försök. Välj det översta alternativet: behåll lösenordet och lås upp kontot.
guide-reset-choose-new = Har du glömt lösenordet, eller vill du byta det? Välj det nedersta alternativet: ange ett nytt lösenord och lås upp kontot.
guide-reset-password = Skriv det nya lösenordet två gånger, en gång på varje rad, och tryck på { $next }. Lösenordet ska:
guide-reset-done = Klart! Prova att logga in med det nya lösenordet.
guide-reset-done-unlock = Klart! Valde du ett nytt lösenord loggar du in med det. Låste du bara upp kontot loggar du in med det lösenord du hade.
guide-reset-after = Efteråt
guide-reset-after-unlock = När du bara har låst upp kontot
guide-outside-new = Det nya lösenordet fungerar direkt i de flesta tjänster på webben. Datorn från jobbet känner igen det först när den har varit ansluten till nätverket på jobbet. Till dess loggar du in på den med det gamla.
guide-outside-start = Starta datorn på jobbet, ansluten till ditt vanliga nätverk. Då får den det nya lösenordet av sig själv, och du loggar in med det.
guide-outside-phone = Byt också lösenordet där det är sparat, till exempel för e-posten i mobilen.
guide-change-heading = Byta ett lösenord som du kan
guide-change-intro = Minns du ditt lösenord kan du byta det själv, också när det har gått ut eller måste bytas.
guide-change-open = Gå till
guide-change-current = Skriv ditt användarnamn och det lösenord du har nu. Tryck på { $next }.
guide-change-code = Skriv säkerhetskoden som du får med sms. Tryck på { $next }.
guide-change-password = Skriv ditt nuvarande lösenord en gång till och det nya två gånger. Tryck på { $next }. Kraven på det nya lösenordet är desamma som ovan.
guide-problem-wrong = Godtar sidan inte det nya lösenordet?
guide-problem-wrong-try = Sidan säger varför. Välj ett helt annat lösenord, gärna längre. Ett lösenord som du har haft tidigare går inte att använda igen.
guide-problem-refused = Stämmer inte koden?
guide-problem-refused-try = Använd koden i det senaste sms:et. Efter tre fel slutar koden att gälla: begär en ny på samma sida.

## Funktionskonton

guide-functional-heading = Guide: konton som en enhet delar
guide-functional-about = Så sköter du som chef, eller den du har delegerat till, lösenordet för ett funktionskonto.
guide-functional-intro = Ett funktionskonto delas av medarbetarna på en enhet, till exempel för enhetens brevlåda i ett verksamhetssystem. Du som är ansvarig chef, eller den du har delegerat till, registrerar ett mobilnummer för kontot. Sedan kan ni byta lösenord när det är dags eller när någon har glömt det.
guide-functional-before-password = Du behöver kontots användarnamn, och för att registrera ett nummer också ett lösenord som fungerar.
guide-functional-before-device = Använd vilken dator, surfplatta eller mobil du vill. Du kan vara inloggad som dig själv: sidan frågar alltid vilket konto det gäller. Skriv enhetens användarnamn, inte ditt eget.
guide-functional-before-holders = Upp till fem personer kan ha var sitt nummer för kontot. Alla får veta när något ändras.
guide-functional-register-heading = 1. Registrera ett mobilnummer för kontot
guide-functional-sign-in = Logga in med enhetens användarnamn och kontots nuvarande lösenord, inte med dina egna.
guide-functional-confirm = Kontrollera att sidan visar enhetens konto. Skriv kontots nuvarande lösenord en gång till och tryck på { $next }.
guide-functional-number = Skriv namnet på den som har mobilen, och mobilnumret. Tryck på { $next }. Finns det redan ett nummer kan du kontrollera det, byta det eller lägga till en person.
guide-functional-done = Klart! Nu kan ni byta kontots lösenord med den här mobilen.
guide-functional-reset-heading = 2. Återställ eller byt kontots lösenord
guide-functional-username = Skriv enhetens användarnamn, inte ditt eget. Tryck på { $next }.
guide-functional-code = Koden går till det nummer som registrerades först för kontot. Har du en annan av mobilerna skriver du dess nummer på sidan, så går koden dit. Skriv de sex siffrorna inom { $minutes } minuter och tryck på { $next }.
guide-functional-finished = Klart! Prova att logga in i enhetens system med det nya lösenordet.
guide-functional-routine-heading = Enhetens rutin
guide-functional-routine = Som enhetschef ansvarar du för att enheten har en rutin för lösenordet.
guide-functional-routine-quarter = Byt lösenord var tredje månad, och när någon som kan det slutar.
guide-functional-routine-tell = Bestäm hur de medarbetare som ska ha lösenordet får veta det nya.
guide-functional-routine-hide = Lösenordet får inte vara synligt för obehöriga.
guide-functional-routine-leave = Slutar den som har mobilen? Lägg först till den som tar över, på { $register }, och ta sedan bort den som slutar.
guide-functional-sms = Kommer koden inte till dig?
guide-functional-sms-first = Den går till det nummer som registrerades först. Fråga den som har den mobilen, eller skriv ditt eget nummer på sidan om det är registrerat för kontot. Dröjer sms:et väntar du i 3 minuter och begär sedan en ny kod.
guide-functional-own = Visar sidan ditt eget namn i stället för enhetens konto?
guide-functional-own-again = Då är du på väg att ändra ditt eget konto. Tryck på ”{ $leave }” och börja om med enhetens användarnamn.
guide-functional-stopped = Har lösenordet slutat att fungera?
guide-functional-stopped-ask = En kollega kan ha bytt det. Fråga på enheten innan du byter igen, annars blir de andra utelåsta.
guide-functional-stopped-saved = Är det gamla lösenordet sparat i en dator eller mobil kan den låsa kontot om och om igen. Byt det där också.
guide-functional-phone = Fungerar lösenordet, men ingen har kvar en registrerad mobil?
guide-functional-phone-delay = Logga in på { $register } med enhetens konto och välj ”{ $lost }”. Det nya numret börjar gälla efter { $hours } timmar. Under tiden får de gamla numren veta det.
guide-functional-both = Har ni varken en registrerad mobil eller ett lösenord som fungerar?
guide-functional-both-help = Då behöver ni hjälp av { $name }. Det är den ansvariga chefen, eller den som chefen har delegerat till, som hör av sig.
guide-functional-both-mail = Mejla { $mail } med ämnet ”Koppla nytt mobilnummer”. Ange ditt namn, enheten, kontots användarnamn, och namn och mobilnummer för den som ska få koderna. Skriv aldrig ett lösenord eller en kod i mejlet.
guide-functional-both-phone = Telefon: { $phone }. Ange ditt namn, enheten, kontots användarnamn, och namn och mobilnummer för den som ska få koderna.

## Påminnelser

guide-reminders-heading = Guide: mejl om lösenord som snart går ut
guide-reminders-about = Vad mejlet betyder och vad du gör, för dig som får det för en enhet eller ett företag.
guide-reminders-intro = Du får mejlet för att du är mottagare för en enhet eller ett företag, till exempel som chef eller behörig beställare. Det skickas automatiskt och listar de konton vars lösenord snart går ut. Se till att de byts innan dess.
guide-reminders-table = Så kan listan se ut
guide-reminders-first = Förnamn
guide-reminders-last = Efternamn
guide-reminders-account = Konto
guide-reminders-expires = Förfallo{"\u00AD"}datum
guide-reminders-left = Dagar kvar
guide-reminders-when = Mejlet heter ”{ $subject }” och kommer när så här många dagar är kvar: { $days }.
guide-reminders-before-off = Faller en sådan dag på en helg eller en annan ledig dag kommer mejlet arbetsdagen innan.
guide-reminders-after-off = Faller en sådan dag på en helg eller en annan ledig dag kommer mejlet nästa arbetsdag.
guide-reminders-again = Den som inte har bytt lösenord kommer med i listan flera gånger, tätare mot slutet. Vid 0 dagar går lösenordet ut i dag. Går inget lösenord ut kommer inget mejl.
guide-reminders-means = Vad mejlet betyder
guide-reminders-steps = Så gör du
guide-reminders-tell = Berätta för var och en på listan att lösenordet går ut och vilken dag.
guide-reminders-register = Den som inte har registrerat sitt mobilnummer gör det först, medan lösenordet fungerar. Det behövs bara en gång.
guide-reminders-register-how = Så registrerar man numret, steg för steg:
guide-reminders-change = Sedan byter personen sitt lösenord. Var och en gör det själv: ingen behöver veta någon annans lösenord.
guide-reminders-change-how = Så byter man lösenord, steg för steg:
guide-reminders-late = Har lösenordet redan gått ut går det ändå att byta, om mobilnumret är registrerat. Är det inte det gör du som under rubriken ”Om något inte stämmer”.
guide-reminders-shared-age = Lösenordet för ett konto som en enhet delar gäller i { $age } dagar.
guide-reminders-shared = Är det ett konto som en enhet delar? Så byter ni dess lösenord:
guide-reminders-still = Står någon kvar som redan har bytt?
guide-reminders-still-sent = Mejlet visar hur det var när det skickades. Den som har bytt sedan dess är inte med nästa gång.
guide-reminders-stranger = Står det någon på listan som har slutat hos er?
guide-reminders-stranger-tell = Berätta det för { $name }, så kan kontot avslutas. Ange personens namn och användarnamn.
guide-reminders-expired = Har lösenordet gått ut för någon som inte har ett registrerat nummer, eller inte har kvar mobilen?
guide-reminders-expired-help = Då behövs hjälp av { $name }, och det är du som hör av dig. Medarbetaren kan inte göra det själv.
guide-reminders-expired-mail = Mejla { $mail } med ämnet ”Koppla nytt mobilnummer”. Ange ditt eget namn, medarbetarens namn och användarnamn, och det nya mobilnumret. Skriv aldrig ett lösenord eller en kod i mejlet.
guide-reminders-expired-phone = Ring { $phone }. Ange ditt eget namn, medarbetarens namn och användarnamn, och det nya mobilnumret.
guide-reminders-true = Är mejlet äkta?
guide-reminders-true-signs = Ett äkta mejl ber aldrig om lösenord eller koder. De enda adresserna i det är { $register } och { $reset }. Är du osäker skriver du adressen själv i webbläsaren.
guide-reminders-recipient = Ska någon annan få mejlen?
guide-reminders-recipient-help = Be den som är ansvarig hos er att kontakta { $name }. Högst två e-postadresser kan få mejlen.
guide-reminders-recipient-mail = Mejla { $mail } med ämnet ”Ändra mottagare av mejl om lösenord”. Ange chefens eller den behöriga beställarens namn, och den eller de två adresser som ska gälla.
guide-reminders-recipient-phone = Ring { $phone }. Ange chefens eller den behöriga beställarens namn, och den eller de två adresser som ska gälla.

## Var guiden till hjälp?

guide-feedback-heading = Var den här guiden till hjälp?
guide-feedback-yes = Ja
guide-feedback-no = Nej
guide-feedback-label = Vad kan vi göra bättre? (Du behöver inte svara.)
guide-feedback-hint = Skriv högst 1 000 tecken, och inga personuppgifter, lösenord eller koder. E-postadresser och nummer med minst sex siffror byts mot *** innan svaret sparas.
guide-feedback-kept = Vi sparar inte vem du är, så ingen kan svara dig. Vill du ha svar eller hjälp kontaktar du { $name }. Det du skickar tas bort efter 12 månader.
guide-feedback-send = Skicka svaret
guide-feedback-empty = Välj ja eller nej.
guide-feedback-long = Texten är för lång. Skriv högst 1 000 tecken.
guide-thanks-heading = Tack för ditt svar
guide-thanks = Det hjälper oss att göra guiderna bättre.
guide-thanks-answer = Ingen svarar på det du skickade. Vill du ha svar eller hjälp kontaktar du { $name }.
