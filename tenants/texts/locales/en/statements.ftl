# The pages about the service: help, accessibility, personal data, cookies.

## The links at the foot of every page

about-label = About the service
about-help = Help
about-guides = Guides
about-accessibility = Accessibility
about-privacy = Personal data
about-cookies = Cookies
about-back = You have begun a request.
about-back-link = Back to your request
about-form = Website:
about-name = Name:

## Accessibility

accessibility-heading = Accessibility statement
accessibility-who = { $tenant } is responsible for the service { $service } at { $address }. We want as many people as possible to be able to use it.
accessibility-what = This page says how the service complies with the Swedish Act (2018:1937) on Accessibility to Digital Public Services, which shortcomings are known, and how you can tell us about others.
accessibility-state-heading = How accessible the service is
accessibility-fully = The service is fully compliant with the Act on Accessibility to Digital Public Services. No shortcomings are known.
accessibility-partially = The service is partially compliant with the Act on Accessibility to Digital Public Services. The shortcomings are described below.
accessibility-not = The service is not compliant with the Act on Accessibility to Digital Public Services. The shortcomings that are known are described below.
accessibility-unassessed = This rests on the shortcomings that are known. { $tenant } has given no day on which the service was assessed.
accessibility-known-heading = Content that is not accessible
accessibility-known-none = No shortcomings are known.
accessibility-criterion = WCAG success criterion { $criterion }
accessibility-for = For whom:
accessibility-why = Why:
accessibility-mended = To be mended:
accessibility-mended-by = by { $day }
accessibility-mended-open = No day has been set.
accessibility-burden-heading = Disproportionate burden
accessibility-burden-intro = { $tenant } claims the exception in section 12 of the act for this content:
accessibility-burden-none = { $tenant } does not claim the exception for a disproportionate burden (section 12 of the act) for any content.
accessibility-exempt-heading = Content that the act does not cover
accessibility-exempt-intro = This content is not covered by the act (section 9):
accessibility-exempt-none = No content is exempt from the act (section 9).
accessibility-test-heading = How the service was tested
accessibility-test-own = { $tenant } assessed the service itself (self-assessment). The last assessment was made on { $day }.
accessibility-test-external = An external reviewer assessed the service. The last assessment was made on { $day }.
accessibility-test-none = { $tenant } has not said how or when the service was assessed.
accessibility-test-machine = When the program is changed, its pages are tested by machine: in narrow windows, by keyboard, without scripts, and that their colours have enough contrast.
accessibility-tell-heading = Tell us about shortcomings
accessibility-tell = Did you find something that you can't use, or do you need the content in another form? Please tell us.
accessibility-answer = { $days ->
    [one] You get an answer within 1 day.
   *[other] You get an answer within { $days } days.
}
accessibility-supervision-heading = Supervision
accessibility-supervision = The Agency for Digital Government (Digg) supervises the act. If you are not satisfied with how we handle what you told us, or want Digg to examine an exception under section 12, you can report it:
accessibility-updated = The statement was updated on { $day }.
accessibility-updated-none = { $tenant } has not said on which day the statement was last gone through.

## Personal data

privacy-heading = How we process personal data
privacy-link = How we process personal data
privacy-controller = { $controller } is the controller of personal data in this service.
privacy-board = { $board } of { $tenant }
privacy-reach = How to reach the controller:
privacy-what-heading = Which data
privacy-what-number = The mobile number that you register. For an account that several people share, also the name of who has the phone.
privacy-what-account = The username or mail address that you type, and which account of the municipality's directory that is. From the directory we also read your name, your mail address, the account's groups and whether it is locked.
privacy-what-events = What happens in the service and when: such as that a code was sent, a password was changed or a number was registered.
privacy-what-network = Which network you come from. The IP address is not stored, only a code for the network from which the address can't be read.
privacy-what-feedback = What you answer about the guides, without who you are. E-mail addresses and long numbers are taken out of what you write.
privacy-what-reminders = Before a password expires, the unit's recipient, such as the manager, gets an e-mail with the person's name, username and the password's last day. These come from the municipality's directory.
privacy-what-own-reminders = You may also get an e-mail or a text message yourself that your own password or a shared one expires, to the e-mail address in the municipality's directory or to your registered mobile number.
privacy-what-password = Passwords are never stored. They are passed on to the municipality's directory.
privacy-why-heading = Why
privacy-why = So that you can safely unlock your account and choose a new password, and so that nobody else can.
privacy-basis-public = The legal ground is a task carried out in the public interest (GDPR, article 6.1{"\u00A0"}e).
privacy-basis-obligation = The legal ground is a legal obligation (GDPR, article 6.1{"\u00A0"}c).
privacy-voluntary = You decide whether you register a mobile number. Without one you can't reset your password here and need the help of { $name }.
privacy-automatic = The service makes no automated decisions that have legal effects for you or affect you in a similar way. It slows down attempts that look like guessing.
privacy-long-heading = For how long
privacy-long-number = The mobile number is kept until you remove or change it:
privacy-long-absent = { $days ->
    [one] When your account has been disabled, ended or deleted for 1 day, the number is removed by itself. Until then the day on which the service noticed is kept.
   *[other] When your account has been disabled, ended or deleted for { $days } days, the number is removed by itself. Until then the day on which the service noticed is kept.
}
privacy-long-directory = The first number is kept in the municipality's directory, which has rules of its own for how long data are kept.
privacy-long-flow = { $hours ->
    [one] A request with the username that you typed is removed after 1 hour.
   *[other] A request with the username that you typed is removed after { $hours } hours.
}
privacy-long-messages = { $days ->
    [one] That a text message or an e-mail was sent, and where to, is kept for 1 day. Its text is not kept.
   *[other] That a text message or an e-mail was sent, and where to, is kept for { $days } days. Its text is not kept.
}
privacy-long-changes = { $days ->
    [one] A change of number that waited is kept for 1 day after it was over, without the number.
   *[other] A change of number that waited is kept for { $days } days after it was over, without the number.
}
privacy-long-guards = { $days ->
    [one] Counters that protect against guessing are removed 1 day after the last attempt.
   *[other] Counters that protect against guessing are removed { $days } days after the last attempt.
}
privacy-long-networks = { $days ->
    [one] When somebody has reset or registered from a network, the code for the network is kept for 1 day from the last time.
   *[other] When somebody has reset or registered from a network, the code for the network is kept for { $days } days from the last time.
}
privacy-long-feedback = { $days ->
    [one] Answers about the guides are removed after 1 day.
   *[other] Answers about the guides are removed after { $days } days.
}
privacy-long-reminders = { $days ->
    [one] That a reminder about passwords was sent, and to which unit's recipient, is kept for 1 day. Its text is kept only until it has been sent, at most 30 days.
   *[other] That a reminder about passwords was sent, and to which unit's recipient, is kept for { $days } days. Its text is kept only until it has been sent, at most 30 days.
}
privacy-long-reminded = { $days ->
    [one] That an account was in a reminder is kept for 1 day, so that nobody gets the same reminder twice.
   *[other] That an account was in a reminder is kept for { $days } days, so that nobody gets the same reminder twice.
}
privacy-long-events = Events are kept for as long as { $tenant } uses the service, and are not removed automatically. They hold neither your name nor your mobile number, only a random id. The service keeps which account the id belongs to.
privacy-long-removed = Data may remain in backups for a while. Ask { $tenant } for how long.
privacy-who-heading = Who receives the data
privacy-who-processor = { $processor } runs the service and processes the data on behalf of { $tenant }.
privacy-who-unnamed = Ask { $tenant } who runs the service.
privacy-who-sms = Your mobile number and the text of the message go to { $suppliers }, sending text messages for { $tenant }.
privacy-who-gateway = an SMS service that the municipality has chosen itself
privacy-who-mail = When we send you an e-mail, your mail address and the text pass through the e-mail server that { $tenant } has chosen.
privacy-public = Data held by a municipality may be public documents. Anyone who asks for them may get them, unless they are covered by secrecy.
privacy-abroad = Transfers outside the EU and EEA
privacy-abroad-usa = Data may be transferred to the USA, through { $suppliers }.
privacy-abroad-unguarded = { $tenant } has not said how the data are protected there. Ask { $tenant }.
privacy-abroad-unknown = { $tenant } has not said in which country the SMS service is. Ask { $tenant }.
privacy-abroad-none = Those who send text messages for the municipality are within the EU or EEA. { $tenant } has stated no transfer to other countries.
privacy-rights-heading = Your rights
privacy-rights = You have the right to know which data we have about you, and to have them corrected. In some cases you may also have them erased, or have the processing restricted.
privacy-rights-self = You can yourself see how your mobile number ends, and change or remove it:
privacy-rights-ask = For anything else, turn to { $controller }.
privacy-object-heading = You may object
privacy-object = The legal ground is a task carried out in the public interest. You therefore have the right to object at any time to our processing of your data, on grounds relating to your particular situation (GDPR, article 21). We then stop, unless we can show grounds that weigh more heavily. Turn to { $controller }.
privacy-object-none = The right to object (GDPR, article 21) does not apply here, since the legal ground is a legal obligation.
privacy-officer-heading = Data protection officer
privacy-officer-none = { $tenant } has a data protection officer. How to reach them is not given here. Ask { $tenant }.
privacy-more = More on how { $tenant } processes personal data:
privacy-complain-heading = If you are not content
privacy-complain = You may lodge a complaint with the Swedish Authority for Privacy Protection (IMY):

## Cookies

cookies-heading = Cookies
cookies-intro = The service uses a single cookie. It is necessary, so we do not ask for consent. There are no other cookies, nothing measures how you use the service, and nothing is fetched from anybody else.
cookies-name = Its name:
cookies-purpose-heading = What it is for
cookies-purpose = It keeps your request together from when you type your username until you have finished. It holds nothing but a random text. Reading pages such as this one sets no cookie.
cookies-life-heading = How long it lasts
cookies-life = It stops being valid after { $idle } minutes in which you send nothing, and at the latest { $whole } minutes after the request began. The browser removes it when it is closed. Pressing Cancel removes it at once.
cookies-who-heading = Who can read it
cookies-who = This service alone, at { $address }. Scripts can't read it.
cookies-without = If you turn cookies off in your browser you can read the pages, but not unlock your account, choose a password or register numbers.

## Help

help-page-heading = Help
help-page-intro = Here are answers to common questions. If yours is not among them, contact { $name }.
help-no-sms-heading = No text message came
help-no-sms = Wait for 3 minutes. Sometimes it takes a while. If still none comes, ask for a new code on the page where the code is entered.
help-no-sms-why = The code is sent only if a mobile number is registered for the account. For security the page does not say whether it is. Check that the username is right, that the phone has coverage, and that it does not block messages from strangers.
help-lost-heading = I no longer have the phone
help-lost-delay = { $hours ->
    [one] Do you know your password? Sign in, choose “I no longer have the phone” and enter the new number. It is changed after 1 hour, and the old number is told at once.
   *[other] Do you know your password? Sign in, choose “I no longer have the phone” and enter the new number. It is changed after { $hours } hours, and the old number is told at once.
}
help-lost-desk = If you do not know your password, you need the help of { $name }.
help-lost-no-delay = Then you need the help of { $name }.
help-lost-second = If you have several registered numbers, the code can be sent to one of the others, from the page where it is entered.
help-locked-heading = The account is locked
help-locked-keep = With a security code you can unlock the account and keep the password you have, or choose a new one.
help-locked-new = With a security code you can choose a new password. That also unlocks the account.
help-expired-heading = The password has expired
help-expired-reset = With a security code you can choose a new password, also when the old one has expired.
help-expired-change-code = If you know the old password you can change it. We send a security code then too.
help-expired-change = If you know the old password you can change it without a security code.
help-never-heading = I never registered a mobile number
help-never = Register it while your password works. You sign in, enter the number and confirm it with a code.
help-never-desk = If the password no longer works, you need the help of { $name }.
help-network-heading = I am outside the municipality's network
help-network = The service works wherever you are, on a phone, a tablet or a computer.
help-network-built-in = A computer at work may have to be connected to the network there before it knows a new password. Ask { $name } if you can't get into the computer.
help-functional-heading = It concerns an account that a unit shares
help-functional = The manager in charge, or somebody the manager has delegated to, registers numbers for the account and changes its password.
help-functional-desk = If you need help with such an account, contact { $name }:
help-to-functional = Guide, step by step:
help-to-reset = Unlock or choose a new password:
help-to-change = Change the password:
help-to-register = Register or change a mobile number:
done-inside-heading = When you are on the municipality's network
done-outside-heading = When you are outside the municipality's network
