# Reminders of passwords that are about to expire: to a unit's recipients, to the person, to those who share an account.

reminder-subject = Expiring passwords
reminder-hello = Hello,
reminder-soon = The passwords in the list are about to expire. After the last day nobody can sign in with them, so make sure that they are changed before then.
reminder-soon-over = The passwords in the list have expired or are about to expire. After the last day nobody can sign in with them. Anyone who has registered their mobile number can still change the password afterwards.
reminder-register = Those who have not registered their mobile number do that first, while the password works: { $address }. It is needed only once.
reminder-change = Then the password can be changed, at any time of day: { $address }
reminder-caption = Passwords that expire
reminder-first = First name
reminder-last = Last name
reminder-account = Account
reminder-ends = Expiry date
reminder-left = Days left
reminder-over = has expired
reminder-period = Some of the passwords expire during a time off. They are listed now so that they can be changed before it begins.
reminder-why-unit = You get this e-mail because you are the recipient for { $units }.
reminder-why-manager = You get this e-mail because you are the manager of people in the list.
reminder-why-fallback = Accounts that belong to no unit with a recipient come here.
reminder-help = Has the password expired for somebody who can't get the code on their phone? Contact { $name }.
reminder-sent = This e-mail is sent automatically. It never asks for passwords or codes.
reminder-regards = Kind regards

own-reminder-subject = { $days ->
    [0] Your password expires today
    [1] Your password expires tomorrow
   *[other] Your password expires in { $days } days
}
own-reminder-subject-over = Your password has expired
own-reminder = The password for your account { $account } at { $tenant } expires { $date }.
own-reminder-over = The password for your account { $account } at { $tenant } expired { $date }.
own-reminder-change = Change the password at { $address }
own-reminder-register = Your mobile number is not registered. Register it first, while the password works: { $address }

shared-reminder-subject = { $days ->
    [0] The password for { $account } expires today
    [1] The password for { $account } expires tomorrow
   *[other] The password for { $account } expires in { $days } days
}
shared-reminder-subject-over = The password for { $account } has expired
shared-reminder = The password for the shared account { $account } at { $tenant } expires { $date }.
shared-reminder-over = The password for the shared account { $account } at { $tenant } expired { $date }.
shared-reminder-change = One of you who registered a mobile number for the account changes it at { $address } and tells the others the new password.
shared-reminder-register = No mobile number is registered for the account. Register one first, while the password works: { $address }
own-reminder-help = Your mobile number is not registered. Contact { $name }.
shared-reminder-help = No mobile number is registered for the account. Contact { $name }.
