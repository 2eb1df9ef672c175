-- Marks an acceptance as written to Kafka.
-- KEYS[1] acceptance of the message (hash)
-- returns 1, or 0 when there is none any more
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'written', '1')
return 1
