# The guides, step by step: to be read on the screen or printed. All texts are given the same values and take what they need.

guides-heading = Step-by-step guides
guides-intro = Choose a guide. You can read it here or print it.
guides-link = Step-by-step guides
guides-link-short = Would you like help along the way?
guide-print = Would you like the guide on paper? Press Ctrl and P together, or choose Print in your browser's menu.
guide-dated = { $tenant }. This guide is from { $date }. The latest one is always at { $address }.
guide-before = Before you begin
guide-problems = If something is not right
guide-who = Then you need help from { $name }.
guide-back = All guides

## The pictures

guide-alt-sign-in = The page where you sign in: fields for username and password, and the button Sign in.
guide-alt-confirm = The page where you enter your current password once more, with the button Next.
guide-alt-number = The page where you enter your mobile number, with the button Next.
guide-alt-register-code = The page where you confirm the number: a field for the security code and the button Next.
guide-alt-registered = The page that says that the number is registered and shows its last digits.
guide-alt-holder = The page where you enter the name of the person who has the phone and the mobile number, with the button Next.
guide-alt-start = The page where you enter your username, with the button Next.
guide-alt-reset-code = The page where you enter the security code from the text message, with the button Next.
guide-alt-choose = The page with the two choices: keep the password and unlock the account, or enter a new password.
guide-alt-password = The page with the rules for the password and two fields for the new password.
guide-alt-done = The page that says that the password has been reset.
guide-alt-change = The page where you enter your username and the password you have now.

## Registering

guide-registration-heading = Guide: register your mobile number
guide-registration-about = How to register, check and change the number that the security code is sent to.
guide-registration-intro = Once your mobile number is registered you can unlock your account or choose a new password yourself, day and night. It takes a few minutes and is needed only once.
guide-registration-before-password = You need a password that works. Register the number before you forget it or it expires.
guide-registration-before-phone = Keep your phone nearby. You will get a security code by text message.
guide-registration-before-device = Use any computer, tablet or phone.
guide-registration-before-shared = Is it an account that a unit shares? Follow this guide instead:
guide-registration-steps = What to do
guide-registration-open = Open a browser and go to
guide-registration-sign-in = Enter your username and your current password. Press { $signin }.
guide-registration-sign-in-example = Enter your username, such as { $example }, and your current password. Press { $signin }.
guide-registration-confirm = The page shows who you are signed in as. Check that it is you, enter your current password once more and press { $next }.
guide-registration-number = Enter your mobile number and press { $next }. If you already have a registered number, the page shows how it ends.
guide-registration-keep = Is the number that is shown correct? Press “{ $keep }”.
guide-registration-code = You get a text message with a security code of six digits. Enter the code on the page within { $minutes } minutes and press { $next }.
guide-registration-done = Done! Now you can reset your password at
guide-registration-change-heading = Changing your number
guide-registration-change = Sign in the same way and enter the new number. First a code goes to the old number, then another code to the new one. Do it before you hand in the old phone.
guide-registration-more = On the same page you can add a second number or remove one.
guide-problem-sms = Have you not received a text message?
guide-problem-sms-wait = Wait 3 minutes: it can take a while. Then ask for a new code on the same page. The old code then stops working.
guide-problem-phone = Do you know your password but no longer have the phone?
guide-problem-phone-delay = Sign in at { $register } and choose “{ $lost }”. Enter the new number. It takes effect after { $hours } hours. Meanwhile whoever has the old number is told and can stop the change.
guide-problem-both = Do you have neither the phone nor a password that works?
guide-problem-both-help = Then you need help from { $name }. Ask your manager, or the authorised orderer of the company you work for, to get in touch.
guide-problem-both-mail = Whoever helps you e-mails { $mail } with the subject “Koppla nytt mobilnummer” and states their own name, your name and username, and your new mobile number. Never write a password or a code in the e-mail.
guide-problem-both-phone = Whoever helps you calls { $phone } and states their own name, your name and username, and your new mobile number.
guide-problem-signed-in = Is the computer signed in as somebody else?
guide-problem-signed-in-fine = That does not matter. The page always asks for a username and a password, and the number belongs to the account you enter.

## Resetting

guide-reset-heading = Guide: reset your password
guide-reset-heading-unlock = Guide: unlock your account or reset your password
guide-reset-about = How to choose a new password when you have forgotten it or it has expired.
guide-reset-about-unlock = How to unlock your account, or choose a new password when you have forgotten it or it has expired.
guide-reset-intro = You can do this yourself, day and night, also from home or anywhere else outside the municipality's network. The code in the text message shows that it is you.
guide-reset-before-number = Your mobile number must be registered. If it is not, follow this guide first, while your password works:
guide-reset-before-phone = Keep the phone with the registered number nearby.
guide-reset-before-device = Use any computer, tablet or phone.
guide-reset-before-account = Do you have no account, or were you never given a password? Then contact your manager.
guide-reset-steps = What to do
guide-reset-open = Open a browser and go to
guide-reset-username = Enter your username or your e-mail address. Press { $next }.
guide-reset-username-example = Enter your username, such as { $example }, or your e-mail address. Press { $next }.
guide-reset-code = A text message with six digits goes to the registered number. Enter them on the page within { $minutes } minutes and press { $next }.
guide-reset-code-wait = Have you not received a text message? Wait 3 minutes: it can take a while.
guide-reset-choose = Choose what you want to do.
guide-reset-choose-keep = Do you remember the password but still can't sign in? The account may be locked after too many wrong tries. Choose the first option: keep the password and unlock the account.
guide-reset-choose-new = Have you forgotten the password, or do you want to change it? Choose the last option: enter a new password and unlock the account.
guide-reset-password = Enter the new password twice, once on each line, and press { $next }. The password must:
guide-reset-done = Done! Try signing in with the new password.
guide-reset-done-unlock = Done! If you chose a new password, sign in with it. If you only unlocked the account, sign in with the password you had.
guide-reset-after = Afterwards
guide-reset-after-unlock = If you only unlocked the account
guide-outside-new = The new password works at once in most services on the web. Your work computer does not know it until it has been connected to the network at work. Until then, sign in to it with the old one.
guide-outside-start = Start the computer at work, connected to your usual network. It then gets the new password by itself, and you sign in with that.
guide-outside-phone = Change the password also where it is saved, such as for the e-mail in your phone.
guide-change-heading = Changing a password that you know
guide-change-intro = If you know your password you can change it yourself, also when it has expired or must be changed.
guide-change-open = Go to
guide-change-current = Enter your username and the password you have now. Press { $next }.
guide-change-code = Enter the security code that you get by text message. Press { $next }.
guide-change-password = Enter your current password once more and the new one twice. Press { $next }. The rules for the new password are the same as above.
guide-problem-wrong = Does the page not accept the new password?
guide-problem-wrong-try = The page says why. Choose an entirely different password, preferably a longer one. A password that you have had before cannot be used again.
guide-problem-refused = Is the code wrong?
guide-problem-refused-try = Use the code in the latest text message. After three mistakes the code stops working: ask for a new one on the same page.

## Functional accounts

guide-functional-heading = Guide: accounts that a unit shares
guide-functional-about = How you as manager, or somebody you have delegated to, look after the password of a functional account.
guide-functional-intro = A functional account is shared by the staff of a unit, such as for the unit's mailbox in a system used at work. As the manager in charge, or somebody the manager has delegated to, you register a mobile number for the account. After that you can change its password when it is time, or when somebody has forgotten it.
guide-functional-before-password = You need the account's username and, to register a number, also a password that works.
guide-functional-before-device = Use any computer, tablet or phone. You may be signed in as yourself: the page always asks which account it is about. Enter the unit's username, not your own.
guide-functional-before-holders = Up to five people can each have a number for the account. All are told when something changes.
guide-functional-register-heading = 1. Register a mobile number for the account
guide-functional-sign-in = Sign in with the unit's username and the account's current password, not with your own.
guide-functional-confirm = Check that the page shows the unit's account. Enter the account's current password once more and press { $next }.
guide-functional-number = Enter the name of the person who has the phone, and the mobile number. Press { $next }. If there is a number already, you can check it, change it or add a person.
guide-functional-done = Done! Now you can change the account's password with this phone.
guide-functional-reset-heading = 2. Reset or change the account's password
guide-functional-username = Enter the unit's username, not your own. Press { $next }.
guide-functional-code = The code goes to the number that was registered first for the account. If you have another of the phones, enter its number on the page and the code goes there. Enter the six digits within { $minutes } minutes and press { $next }.
guide-functional-finished = Done! Try to sign in to the unit's system with the new password.
guide-functional-routine-heading = The unit's routine
guide-functional-routine = As the unit's manager you are responsible for the unit having a routine for the password.
guide-functional-routine-quarter = Change the password every three months, and when somebody who knows it leaves.
guide-functional-routine-tell = Decide how the colleagues who should have the password are told the new one.
guide-functional-routine-hide = The password must not be visible to anyone else.
guide-functional-routine-leave = Is the person who has the phone leaving? First add whoever takes over, at { $register }, and then remove the one who leaves.
guide-functional-sms = Does the code not come to you?
guide-functional-sms-first = It goes to the number that was registered first. Ask whoever has that phone, or enter your own number on the page if it is registered for the account. If the text message is slow, wait 3 minutes and then ask for a new code.
guide-functional-own = Does the page show your own name instead of the unit's account?
guide-functional-own-again = Then you are about to change your own account. Press “{ $leave }” and start over with the unit's username.
guide-functional-stopped = Has the password stopped working?
guide-functional-stopped-ask = A colleague may have changed it. Ask at the unit before you change it again, or the others will be locked out.
guide-functional-stopped-saved = If the old password is saved in a computer or phone, that device can lock the account again and again. Change it there too.
guide-functional-phone = Does the password work, but nobody has a registered phone any more?
guide-functional-phone-delay = Sign in at { $register } with the unit's account and choose “{ $lost }”. The new number takes effect after { $hours } hours. Meanwhile the old numbers are told.
guide-functional-both = Do you have neither a registered phone nor a password that works?
guide-functional-both-help = Then you need help from { $name }. It is the manager in charge, or somebody the manager has delegated to, who gets in touch.
guide-functional-both-mail = E-mail { $mail } with the subject “Koppla nytt mobilnummer”. State your name, the unit, the account's username, and the name and mobile number of the person who is to get the codes. Never write a password or a code in the e-mail.
guide-functional-both-phone = Telephone: { $phone }. State your name, the unit, the account's username, and the name and mobile number of the person who is to get the codes.

## Reminders

guide-reminders-heading = Guide: e-mail about passwords that are about to expire
guide-reminders-about = What the e-mail means and what to do, if you receive it for a unit or a company.
guide-reminders-intro = You get this e-mail because you are the recipient for a unit or a company, for example as manager or authorised orderer. It is sent automatically and lists the accounts whose passwords are about to expire. Make sure that they are changed before then.
guide-reminders-table = What the list may look like
guide-reminders-first = First name
guide-reminders-last = Last name
guide-reminders-account = Account
guide-reminders-expires = Expiry date
guide-reminders-left = Days left
guide-reminders-when = The e-mail is called “{ $subject }” and comes when this many days are left: { $days }.
guide-reminders-before-off = If such a day is a weekend or another day off, the e-mail comes on the working day before.
guide-reminders-after-off = If such a day is a weekend or another day off, the e-mail comes on the next working day.
guide-reminders-again = Anyone who has not changed their password is listed several times, more often towards the end. At 0 days the password expires today. If no password is about to expire, no e-mail is sent.
guide-reminders-means = What the e-mail means
guide-reminders-steps = What to do
guide-reminders-tell = Tell everybody on the list that the password expires and on which day.
guide-reminders-register = Anyone who has not registered their mobile number does that first, while the password works. It is needed only once.
guide-reminders-register-how = How to register the number, step by step:
guide-reminders-change = Then they change their password. Everyone does it themselves: nobody needs to know anybody else's password.
guide-reminders-change-how = How to change the password, step by step:
guide-reminders-late = A password that has already expired can still be changed, if the mobile number is registered. If it is not, do as under the heading “If something is not right”.
guide-reminders-shared-age = The password of an account that a unit shares is valid for { $age } days.
guide-reminders-shared = Is it an account that a unit shares? This is how you change its password:
guide-reminders-still = Is somebody listed who has already changed it?
guide-reminders-still-sent = The e-mail shows how things were when it was sent. Anyone who has changed it since then is not on the next list.
guide-reminders-stranger = Is somebody on the list who has left?
guide-reminders-stranger-tell = Tell { $name }, so that the account can be closed. State the person's name and username.
guide-reminders-expired = Has the password expired for somebody who has no registered number, or no longer has the phone?
guide-reminders-expired-help = Then help is needed from { $name }, and you are the one to get in touch. The employee cannot do it.
guide-reminders-expired-mail = E-mail { $mail } with the subject “Koppla nytt mobilnummer”. State your own name, the employee's name and username, and the new mobile number. Never write a password or a code in the e-mail.
guide-reminders-expired-phone = Call { $phone }. State your own name, the employee's name and username, and the new mobile number.
guide-reminders-true = Is the e-mail genuine?
guide-reminders-true-signs = A genuine e-mail never asks for passwords or codes. The only addresses in it are { $register } and { $reset }. If in doubt, type the address into the browser yourself.
guide-reminders-recipient = Should someone else get the e-mails?
guide-reminders-recipient-help = Ask whoever is responsible on your side to contact { $name }. At most two e-mail addresses can get the e-mail.
guide-reminders-recipient-mail = E-mail { $mail } with the subject “Ändra mottagare av mejl om lösenord”. State the name of the manager or authorised orderer, and the one or two addresses that are to be used.
guide-reminders-recipient-phone = Call { $phone }. State the name of the manager or authorised orderer, and the one or two addresses that are to be used.

## Was the guide helpful?

guide-feedback-heading = Was this guide helpful?
guide-feedback-yes = Yes
guide-feedback-no = No
guide-feedback-label = What can we do better? (You need not answer.)
guide-feedback-hint = Write at most 1,000 characters, and no personal data, passwords or codes. E-mail addresses and numbers of six digits or more are replaced by *** before the answer is kept.
guide-feedback-kept = We do not keep who you are, so nobody can reply to you. If you want an answer or help, contact { $name }. What you send is removed after 12 months.
guide-feedback-send = Send the answer
guide-feedback-empty = Choose yes or no.
guide-feedback-long = The text is too long. Write at most 1,000 characters.
guide-thanks-heading = Thank you for your answer
guide-thanks = It helps us to make the guides better.
guide-thanks-answer = Nobody replies to what you sent. If you want an answer or help, contact { $name }.
