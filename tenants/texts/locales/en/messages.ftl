# SMS and mails. The code comes first in the SMS, and is the only group of six digits that is ever sent.

code-reset = { $code } is your security code to reset your password. It is valid for { $minutes } minutes. Never give it to anyone.
code-change = { $code } is your security code to change your password. It is valid for { $minutes } minutes. Never give it to anyone.
code-old-number = { $code } is your security code to change your number. It is valid for { $minutes } minutes. Never give it to anyone.
code-add-number = { $code } is your security code to add a number. It is valid for { $minutes } minutes. Never give it to anyone.
code-remove-number = { $code } is your security code to remove a number. It is valid for { $minutes } minutes. Never give it to anyone.
code-stop-change = { $code } is your security code to stop a number change. It is valid for { $minutes } minutes. Never give it to anyone.
code-new-number = { $code } is your security code to register this number. It is valid for { $minutes } minutes. Never give it to anyone.

notice-password-set = The password for your account at { $tenant } has been reset.
notice-password-changed = The password for your account at { $tenant } has been changed.
notice-unlocked = Your account at { $tenant } has been unlocked.
notice-number-added = A mobile number has been registered for your account at { $tenant }.
notice-number-changed = A mobile number for your account at { $tenant } was changed.
notice-number-removed = A mobile number for your account at { $tenant } was removed.
notice-change-asked = Someone without the old phone wants to change the number for your account at { $tenant }. It happens { $when }. Stop it at { $address }
notice-change-seen = A new mobile number was entered for your account at { $tenant }. It counts from { $when }. Stop it at { $address }
notice-change-stopped = The change of mobile number for your account at { $tenant } is stopped.

not-you-phone = Was it not you? Call { $name } on { $phone }.
not-you-mail = Was it not you? E-mail { $name } at { $mail }.
not-you-phone-or-mail = Was it not you? Call { $name } on { $phone } or e-mail { $mail }.
not-you = Was it not you? Contact { $name }.

subject-code = Your security code
subject-password-set = Your password has been reset
subject-password-changed = Your password has been changed
subject-unlocked = Your account has been unlocked
subject-number-added = A mobile number has been registered for your account
subject-number-removed = A mobile number was removed from your account
subject-change-asked = Your mobile number will be changed
subject-change-stopped = The change of mobile number is stopped
subject-number-changed = Your mobile number has been changed

mail-number-added-use = You can now unlock the account or choose a new password at { $address } if you need to.
mail-change-asked-stop = You can stop the change with a security code that we send to the number registered now.
mail-was-you = If it was you, you need not do anything.
mail-automatic = This e-mail is sent automatically from { $tenant }.
