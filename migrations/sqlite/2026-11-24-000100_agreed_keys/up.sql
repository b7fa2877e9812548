-- Which key of the ring all replicas hash with where they must agree, whichever key is active at each of them. Names alone.

create table agreed_keys (
  -- what for
  usage text not null,
  -- the key's name
  key text not null,
  primary key (usage)
) strict;
