-- Reads which conversation a message belongs to.
-- KEYS[1] message
-- returns the conversation ID, or false
return redis.call('GET', KEYS[1])
