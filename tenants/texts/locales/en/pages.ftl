# The pages.

## Around every page

language-name = English
service-reset = Sign-in assistant
service-register = Password registration
page-title = { $step } – { $service } – { $tenant }
page-title-error = Error: { $step } – { $service } – { $tenant }
skip-link = Skip to content
step = Step { $number } of { $of }
error-heading = We could not continue
error-prefix = Error:
help-heading = Help and contact
help-name = Contact { $name } if you need help.
help-phone = Telephone:
help-mail = E-mail:
help-hours = Opening hours:
help-page = More help:
cookie = This service uses one necessary cookie to keep your request together. It stops being valid after 30 minutes at most.

## Time

time-limits = You have { $idle } minutes for each step and { $whole } minutes in all.
time-here = { $minutes ->
    [one] You have 1 minute to go on. After that you need to start over.
   *[other] You have { $minutes } minutes to go on. After that you need to start over.
}
time-idle-heading = Are you still there?
time-idle = For security reasons your request ends within 2 minutes. Press Continue if you need more time. What you have entered stays.
time-whole-heading = Your time is almost up
time-whole = For security reasons your request ends within 2 minutes. The time cannot be extended. Go on before then, or you will need to start over.
time-over-heading = Time ran out
time-over = For security reasons your request has ended. What you entered on the page was not sent. Start over.
time-failed-heading = We got no answer
time-failed = Check that you have a network connection and press Continue again. What you have entered stays.
button-stay = Continue

## Buttons

button-next = Next
button-cancel = Cancel
button-sign-in = Sign in
button-code-again = Send a new code
button-keep-number = The number is correct – I am done
button-keep-numbers = The numbers are correct – I am done
button-another = Send the code there
button-stop = Stop the change
button-not-you = Is this not you? Sign out
link-start-over = Start over
link-lost = I no longer have the phone
link-back = Back to the numbers
link-reload = Reload the page

label-username = Username
label-password = Password
label-current-password = Current password
label-code = Security code
label-number = Mobile number
label-holder = Name of the person who has the phone
label-new-password = Enter a new password
label-new-password-again = Enter the password again

## Reset: username

start-heading = Unlock your account or choose a new password
start-intro = This works if you have registered your mobile number. We send a security code to it by text message.
start-hint = Enter your username or your e-mail address.
start-hint-example = Enter your username or your e-mail address. Example: { $example }
start-register = Not registered your mobile number yet? Do it while your password still works:
start-change = Do you know your password but want a new one, perhaps because it has expired?
start-change-link = Change your password
username-empty = Enter your username.
username-malformed = This does not look like a username. Check what you have entered.
form-stale = The page has been open for too long. Try again.

## Security code

code-heading-reset = Verify your identity: Mobile phone
code-heading-register = Password registration: Mobile phone
code-sent = If the details are correct, we send a security code by text message. It goes to the mobile number registered for the account.
code-sent-change = The password is correct. We have sent a security code by text message to the mobile number registered for the account.
code-sent-old = Before you can change the number, we need to know that it is you. We have sent a security code by text message to the number registered now: { $number }
code-sent-new = Confirm that the number is yours. We have sent a security code by text message to { $number }
code-sent-add = Before you can add a number, we need to know that it is you. We have sent a security code by text message to { $number }
code-sent-remove = Before the number is removed, we need to know that it is you. We have sent a security code by text message to { $number }
code-sent-stop = To stop the change, we have sent a security code by text message to { $number }
code-sent-stop-name = If a change of mobile number is under way, we send a security code by text message. It goes to the mobile number registered for the account now.
code-hint = Enter the 6 digits from the text message.
code-time = { $minutes ->
    [one] You have 1 minute to enter the code. If you need more time, you can ask for a new one.
   *[other] You have { $minutes } minutes to enter the code. If you need more time, you can ask for a new one.
}
code-again-heading = No text message yet?
code-wait = Wait 3 minutes. The text message can take a while.
code-resent = If the details are correct, we have sent a new code. The old one no longer works.
code-resent-register = We have sent a new code. The old one no longer works.
code-again-wait = { $seconds ->
    [one] You can ask for a new code in 1 second.
   *[other] You can ask for a new code in { $seconds } seconds.
}
code-again-early = It is too early for a new code. Further down you see when you can ask for one.
code-again-ready = You can ask for a new code now.
code-filled = The code from the text message is filled in. Press Next to go on.
code-again-none = You cannot get more codes in this request. If you need a new one, cancel and start over.
code-no-phone = No longer have the phone? Then you need help from { $name }.
code-no-phone-old = No longer have the phone with the old number? Then you need help from { $name }.
code-no-phone-delay = No longer have the phone with the old number?
another-heading = Have you registered several numbers?
another-intro = Enter in full the number that you want the code to go to. The code is sent only if the number is registered for the account.
another-label = Another of my numbers
another-which = Send the code to another number
code-other-number = Is the number wrong? Cancel and start over.
delivery-on-its-way = The text message is on its way.
delivery-delivered = The text message has been delivered to the phone.
delivery-not-delivered = The text message could not be delivered. Check the number. Is it wrong? Cancel and start over.
delivery-not-sent = The text message could not be sent. It is not your fault. Wait a while, then ask for a new code.
delivery-look-again = Look again
code-empty = Enter the security code.
code-format = The code has 6 digits.
code-wrong = The code is not correct. Check the code in the latest text message and try again.
code-dead = A wrong code was entered three times, so the code no longer works. Ask for a new one.
code-expired = The code no longer works. Ask for a new one.

## Choice

choose-heading = Choose what you want to do
choose-who = Resetting the password for { $user }
choose-legend = You are verified. What do you want to do?
choose-keep = Keep your current password and unlock your account
choose-keep-hint = If you remember your password but still cannot sign in.
choose-new = Enter a new password and unlock your account
choose-new-hint = If you have forgotten your password or want to change it.
choose-empty = Choose one of the options.
unavailable-unlock = We cannot reach the municipality's system right now. The account is not unlocked. Try again in a while.

## New password

password-heading = Enter a new password
password-show = Show password
password-hide = Hide password
password-rules = The password must:
password-tip = Several words in a row make a long password that is easy to remember. You can paste from a password manager.
password-met = Met:
password-count = { $met } of { $of } requirements met
password-later = (checked when you go on)
password-made-of = The password is made of words that are easy to guess: { $words }. Choose something else.
password-must = The password must { $rule }.
password-broken = Not met:
password-empty = Enter a new password.
password-different = The two passwords do not match. Enter the same password in both fields.
rule-min-length = { $count ->
    [one] have at least 1 character
   *[other] have at least { $count } characters
}
rule-max-length = have at most { $count } characters
rule-kinds = { $count ->
    [1] contain at least one of these: capital letters, small letters, digits, special characters (such as %&/#)
    [2] contain at least two of these: capital letters, small letters, digits, special characters (such as %&/#)
    [3] contain at least three of these: capital letters, small letters, digits, special characters (such as %&/#)
   *[other] contain capital letters, small letters, digits and special characters (such as %&/#)
}
rule-upper = contain at least one capital letter
rule-lower = contain at least one small letter
rule-digit = contain at least one digit
rule-sign = contain at least one special character (such as %&/#)
rule-without = not contain { $characters }
rule-letters-digits = contain letters and digits only
rule-ascii = contain only the letters a to z (capital and small), digits and common special characters (such as %&/#)
rule-ascii-space = contain only the letters a to z (capital and small), digits, common special characters (such as %&/#) and spaces
rule-not-username = not contain your username
rule-not-name = not contain your name
rule-not-banned = not be made of one or two words that are easy to guess, such as a season or the municipality's name, even with digits and signs added
rule-not-leaked = not be a common or leaked password
rule-not-earlier = not be a password you have used before
rule-not-last = { $count ->
    [one] not be your latest password
   *[other] not be any of your { $count } latest passwords
}
rule-min-age = { $hours ->
    [one] be changed an hour after the last change at the earliest
   *[other] be changed { $hours } hours after the last change at the earliest
}
rule-directory-kinds = contain at least three of these: capital letters, small letters, digits, special characters (such as %&/#), other letters (such as å)
too-early-heading = You cannot change the password yet
too-early-minutes = { $minutes ->
    [one] The password is new. You can change it again in 1 minute.
   *[other] The password is new. You can change it again in { $minutes } minutes.
}
too-early-hours = { $hours ->
    [one] The password is new. You can change it again in 1 hour.
   *[other] The password is new. You can change it again in { $hours } hours.
}
too-early-days = { $days ->
    [one] The password is new. You can change it again in 1 day.
   *[other] The password is new. You can change it again in { $days } days.
}
too-early-help = Can you not wait? Then you need help from { $name }.
word-or = or
character-space = space

## Why a new password was not taken, and what to do

rejection-too_short = The password is too short. Choose a longer one.
rejection-too_long = The password is too long. Choose a shorter one.
rejection-too_simple = The password is too simple. Mix capital and small letters, digits and special characters.
rejection-guessable = The password is easy to guess. Choose another.
rejection-contains_name = The password contains your name or your username. Choose another.
rejection-characters = The password contains characters that cannot be used. Use letters, digits and common special characters.
rejection-earlier = You have used that password before. Choose one that you have not had.
rejection-too_young = You changed your password too recently. Wait before you change it again, or contact { $name }.
rejection-too_young-wait = { $hours ->
    [one] You changed your password too recently. You can change it again in 1 hour.
   *[other] You changed your password too recently. You can change it again in { $hours } hours.
}
rejection-earlier_or_too_young = The password was not accepted. You may have used it before, or you changed your password too recently. Choose another.
rejection-unnamed = The municipality's system did not accept the password. Choose a quite different one, preferably longer.
rejection-wrong_password = Your current password is wrong. Enter it again.
rejection-locked = The account is locked after too many wrong passwords. Your password is unchanged. Start over and unlock the account with a security code, or contact { $name }.
rejection-no_right = The password of this account cannot be changed here. Contact { $name } for help.
rejection-unavailable = We cannot reach the municipality's system right now. Your password is unchanged. Try again in a while.
rejection-not_taken = The municipality's system did not take the change. Your password is unchanged. Try again in a while, or contact { $name }.

## Changing a password that one knows

change-heading = Change your password
change-intro = Enter your username and the password you have now. This works even if the password has expired or must be changed.
change-forgot = Have you forgotten your password?
change-forgot-link = Reset it with a security code
change-who = Changing the password for { $user }
current-password-empty = Enter your current password.
done-changed-heading = Done: The password has been changed
no-number-heading = A registered mobile number is needed
no-number = The password is correct. To change it you also need a security code by text message, but no mobile number is registered for the account.
no-number-register = Register your mobile number at { $address } if the password still works. If it has expired, you need help from { $name }.
locked-heading = The account is locked

## Reset: done

done-password-heading = Done: The password has been reset
done-password = You can now use the new password to sign in.
done-unlock-heading = Done: Your account is unlocked
done-unlock = Sign in with your current password.
done-account = This is about the account { $user }.
done-next-heading = Keep this in mind

## Registration: sign in

sign-in-heading = Sign in to register your mobile number
sign-in-intro = With a registered mobile number you can unlock your account and choose a new password at any time.
sign-in-which = Sign in with the account that the number is for. That works even if someone else is signed in on this computer.
sign-in-privacy = { $tenant } is the controller of your personal data. The number is used only for security codes and to tell you of changes, and you can remove it here yourself.
sign-in-forgot = Have you forgotten your password? Go to:
sign-in-empty-username = Enter your username.
sign-in-empty-password = Enter your password.
sign-in-refused = The username or password is wrong, or the account cannot be used here. Try again or contact { $name }.

## Registration: the password once more

confirm-heading = Enter your password once more
confirm-who = You are signed in as { $user }.
confirm-why = We ask once more so that nobody else can change your number.
confirm-empty = Enter your current password.
confirm-wrong = The password is wrong. Try again.

## Registration: the number

number-heading = Password registration: Mobile phone
number-none = No number is registered.
number-current = Registered number:
number-intro = Enter your mobile number. We send a security code to it if you need to reset your password.
number-change = Is it no longer correct? Enter the new number.
number-which = Use your work phone first. If you have none, you may use your private number.
number-hint = Such as 070-123 45 67
number-label-new = New mobile number
number-keep-heading = Is the number correct?
numbers-change = Do you want to change one of the numbers? Choose it and enter the new number. The code goes to the old number first.
numbers-which = Which number do you want to change?
numbers-keep-heading = Are the numbers correct?
numbers-more-heading = More you can do
numbers-choose = Choose one of the numbers.
holder-hint = So that you know whose number it is. The name is shown only here.
holder-empty = Enter the name of the person who has the phone.
holder-malformed = Enter a shorter name, at most 60 characters.
waiting = A change of mobile number is under way. It happens { $when }.
waiting-heading = Should the change not happen?
waiting-stop = We send a security code to the number registered now. With it you stop the change.
add-heading = Add a number
add-intro = You can have two numbers, such as your work phone and your own. If you cannot receive the code on one, use the other.
add-holder-heading = Add a person
add-holder-intro = Up to five people can have a number for the account. Everyone is told when something changes.
remove-heading = Remove a number
remove-only = Do you want to remove { $number }?
remove-last = You will then not be able to reset your password by text message.
remove-which = Which number do you want to remove?
lost-heading = Change the number without the old phone
lost-wait = { $hours ->
    [one] The change happens in 1 hour. Until then the old number stays.
   *[other] The change happens in { $hours } hours. Until then the old number stays.
}
lost-told = We announce the change at once, by text message to the registered numbers and by e-mail. Whoever has one of the phones can stop it.
lost-code = First we send a security code to the new number.
lost-which = Which phone do you no longer have?
task-code-first = First we send a security code to a number that is already registered.
task-to = Where should we send the code?
number-empty = Enter your mobile number.
number-malformed = This does not look like a mobile number. Enter it for example like this: 070-123{"\u00A0"}45{"\u00A0"}67.
number-not-mobile = This number cannot receive text messages. Enter a mobile number.
number-country = We can only send text messages to numbers from { $countries }.
number-same = That number is already registered. Enter another one.
country-se = Sweden
country-no = Norway
country-dk = Denmark
country-fi = Finland
country-is = Iceland
country-ax = Åland
country-de = Germany
country-ee = Estonia
country-lv = Latvia
country-lt = Lithuania
country-pl = Poland
country-gb = the United Kingdom
word-and = and

## Registration: done

done-saved-heading = Done: Your mobile number is registered
done-kept-heading = Done: Your mobile number is correct
done-removed-heading = Done: The number is removed
done-removed-last = No number is registered. You cannot reset your password by text message until you register a new one.
done-waiting-heading = Done: The change of mobile number is requested
done-waiting = The change happens { $when }. Until then the old number stays.
done-waiting-told = We have announced it by text message to the registered numbers and by e-mail. You can sign in here and stop the change if you find the phone.
done-stopped-heading = Done: The change is stopped
done-stopped = The registered numbers are as before.
done-stopped-password = Was it not you who asked for the change? Then someone may know your password. Choose a new one at:
done-number = Registered number: { $number }
done-reset = If you forget your password or are locked out, go to:
done-signed-out = You are signed out.

## Registration: stop a change

stop-heading = Stop a change of mobile number
stop-intro = Have you been told that your number will be changed, and is that wrong? Stop the change with the phone that is registered now.
stop-hint = Enter the username or the e-mail address of the account.

## Pages that only say something

cancelled-heading = You have cancelled
cancelled = Nothing was changed.
flow-over-heading = You need to start over
flow-over = Time may have run out, or you may already be done.
exhausted-heading = There were too many attempts
exhausted = For security reasons your request has ended. Nothing was changed. Start over or contact { $name }.
exhausted-wait = { $minutes ->
    [one] For security reasons your request has ended. Nothing was changed. Wait 1 minute and start over, or contact { $name }.
   *[other] For security reasons your request has ended. Nothing was changed. Wait { $minutes } minutes and start over, or contact { $name }.
}
too-many-heading = We cannot accept more attempts right now
too-many = Try again in a while.
too-many-wait = { $minutes ->
    [one] Try again in 1 minute.
   *[other] Try again in { $minutes } minutes.
}
held-heading = We cannot accept more attempts from your network right now
held = Somebody is trying to guess codes, and several wrong codes have come from the network you are using. It need not have been you: many people may share a network.
held-until = The block lasts until { $until } at the latest. It may end sooner.
held-help = You can try from another network, such as your phone without Wi-Fi. If it is urgent, contact { $name }.
unavailable-heading = We cannot reach the municipality's system right now
unavailable-reset = Your password is unchanged. Try again in a while.
unavailable-register = Nothing was changed. Try again in a while.
unknown-heading = We do not know whether it worked
unknown = We sent the details but got no answer from the municipality's system.
unknown-wait = Wait 5 minutes.
unknown-try = Then try to sign in. If you chose a new password, try that one first.
unknown-help = Can't get in? Start over or contact { $name }.
not-allowed-heading = This account cannot be reset here
not-allowed = Contact { $name } for help.
bad-request-heading = We did not understand what was sent
bad-request = Nothing was changed. Start over.
not-found-heading = Page not found
not-found = Check the address or start over.
method-heading = This page cannot be opened directly
method = Start over and you will find the way.
too-large-heading = What was sent is too large
too-large = Nothing was changed. Start over and enter less.
internal-heading = Something went wrong on our side
internal = Try again in a while. If you contact { $name }, you can quote { $reference }.
in-progress-heading = We are working on your request
in-progress = Wait a few seconds, then reload the page.
bad-origin-heading = The form was not sent from our page
bad-origin = Nothing was changed. Open the page again and try once more.

## Hosts that nobody has

bare-misdirected-heading = There is no service here
bare-misdirected = Check the address you have entered.
bare-suspended-heading = The service is paused
bare-suspended = It can't be used just now, and nothing was changed. Try again later. Contact the IT support where you work if it is urgent.
bare-bad-request-heading = We did not understand what was sent
bare-bad-request = Check the address and try again.
bare-not-found-heading = Page not found
bare-not-found = Check the address you have entered.
bare-internal-heading = Something went wrong on our side
bare-internal = Try again in a while. Quote { $reference } if you contact us.

## The demo

demo-title = Portvakt demo
demo-intro = Everything here is make-believe: the municipalities, accounts and phones exist on this computer only. Do not enter real passwords or numbers.
demo-limits = Limits per network are 100 times higher here than in real use. Limits per account are the real ones.
demo-outbox-link = Show text messages and e-mails
demo-start-link = To the demo's start page
demo-reset = Unlock or change password:
demo-register = Register mobile number:
demo-try-normal = Forgotten the password? Try { $user }. The code arrives at the phone on the page with text messages and e-mails.
demo-try-locked = Locked out? Try { $user }.
demo-try-unregistered = Try { $user }, who has not registered a number. A number that nobody has: 070-174 06 99.
demo-remind = Send today’s reminders now
demo-remind-what = The e-mails to the units’ recipients about passwords that are about to expire. They arrive in the mailboxes; who has had a reminder does not get it again.
demo-programs = For programs:
demo-accounts = Accounts in { $tenant }
demo-column-username = Username
demo-column-password = Password
demo-column-state = State
demo-column-number = Mobile number
demo-no-number = none
state-normal = normal
state-unregistered = no number
state-locked = locked
state-expired = password expired
state-must_change = must change password
state-disabled = disabled
state-protected = protected
state-functional = shared account
outbox-title = Phones and mailboxes
outbox-intro-live = The page reloads every other second. The newest comes first.
outbox-intro-paused = The page does not reload. The newest comes first.
outbox-pause = Pause
outbox-resume = Reload by itself
outbox-empty = Nothing has been sent yet.
outbox-phone = Phone { $to }
outbox-mailbox = Mailbox { $to }
outbox-code = Code:
