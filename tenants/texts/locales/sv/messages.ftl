# Sms och mejl. Koden står först i sms:et, och avsändarens enda sex siffror i rad är koden.

code-reset = { $code } är din säkerhetskod för att återställa lösenordet. Den gäller i { $minutes } minuter. Ge den aldrig till någon.
code-change = { $code } är din säkerhetskod för att byta lösenord. Den gäller i { $minutes } minuter. Ge den aldrig till någon.
code-old-number = { $code } är din säkerhetskod för att byta mobilnummer. Den gäller i { $minutes } minuter. Ge den aldrig till någon.
code-add-number = { $code } är din säkerhetskod för att lägga till ett nummer. Den gäller i { $minutes } minuter. Ge den aldrig till någon.
code-remove-number = { $code } är din säkerhetskod för att ta bort ett nummer. Den gäller i { $minutes } minuter. Ge den aldrig till någon.
code-stop-change = { $code } är din säkerhetskod för att stoppa ett nummerbyte. Den gäller i { $minutes } minuter. Ge den aldrig till någon.
code-new-number = { $code } är din säkerhetskod för att registrera numret. Den gäller i { $minutes } minuter. Ge den aldrig till någon.

notice-password-set = Lösenordet för ditt konto hos { $tenant } har återställts.
notice-password-changed = Lösenordet för ditt konto hos { $tenant } har bytts.
notice-unlocked = Ditt konto hos { $tenant } har låsts upp.
notice-number-added = Ett mobilnummer har registrerats för ditt konto hos { $tenant }.
notice-number-changed = Ett mobilnummer för ditt konto hos { $tenant } har ändrats.
notice-number-removed = Ett mobilnummer för ditt konto hos { $tenant } har tagits bort.
notice-change-asked = Någon utan den gamla mobilen vill byta nummer för ditt konto hos { $tenant }. Det sker { $when }. Stoppa det på { $address }
notice-change-seen = Ett nytt mobilnummer har lagts in för ditt konto hos { $tenant }. Det gäller från { $when }. Stoppa det på { $address }
notice-change-stopped = Bytet av mobilnummer för ditt konto hos { $tenant } är stoppat.

not-you-phone = Var det inte du? Ring { $name } på { $phone }.
not-you-mail = Var det inte du? Mejla { $name } på { $mail }.
not-you-phone-or-mail = Var det inte du? Ring { $name } på { $phone } eller mejla { $mail }.
not-you = Var det inte du? Kontakta { $name }.

subject-code = Din säkerhetskod
subject-password-set = Ditt lösenord har återställts
subject-password-changed = Ditt lösenord har bytts
subject-unlocked = Ditt konto har låsts upp
subject-number-added = Ett mobilnummer har registrerats för ditt konto
subject-number-removed = Ett mobilnummer har tagits bort från ditt konto
subject-change-asked = Ditt mobilnummer kommer att bytas
subject-change-stopped = Bytet av mobilnummer är stoppat
subject-number-changed = Ditt mobilnummer har ändrats

mail-number-added-use = Nu kan du låsa upp kontot eller välja ett nytt lösenord på { $address } om du behöver det.
mail-change-asked-stop = Du kan stoppa bytet med en säkerhetskod som vi skickar till det nummer som är registrerat nu.
mail-was-you = Var det du behöver du inte göra något.
mail-automatic = Mejlet skickas automatiskt från { $tenant }.
