-- KEYS[1] budget
-- ARGV[1] how many
-- returns how many were ever leased
return redis.call('INCRBY', KEYS[1], ARGV[1])
