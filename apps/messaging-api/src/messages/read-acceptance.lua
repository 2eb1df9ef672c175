-- Reads the acceptance of a message.
-- KEYS[1] acceptance of the message (hash)
-- returns { tenant, conversation id, hash, moment, written ('1' or '') }, or false when there is none
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
return redis.call('HMGET', KEYS[1], 'tenant', 'conversation', 'hash', 'at', 'written')
