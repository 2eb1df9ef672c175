-- Takes an idempotency key into use, once.
-- KEYS[1] acceptance of the message (hash)
-- ARGV[1] tenant  ARGV[2] conversation id  ARGV[3] hash of the request  ARGV[4] moment (ISO 8601)
-- ARGV[5] milliseconds the acceptance is kept
-- returns { first (1) or repeated (0), tenant, conversation id, hash, moment, written ('1' or '') } as stored
local first = 0
if redis.call('EXISTS', KEYS[1]) == 0 then
  first = 1
  redis.call('HSET', KEYS[1], 'tenant', ARGV[1], 'conversation', ARGV[2], 'hash', ARGV[3], 'at', ARGV[4], 'written', '')
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
local stored = redis.call('HMGET', KEYS[1], 'tenant', 'conversation', 'hash', 'at', 'written')
return { first, stored[1], stored[2], stored[3], stored[4], stored[5] }
