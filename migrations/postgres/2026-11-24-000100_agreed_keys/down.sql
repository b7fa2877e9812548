drop table agreed_keys;
