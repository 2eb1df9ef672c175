-- Pauses a bucket, and with it whoever takes from it; of several pauses the longest wins.
-- KEYS[1] bucket
-- ARGV[1] for how long, ms  [2] time to live beyond the pause, ms
-- returns how long it is paused now, µs
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local till = math.max(now + ARGV[1] * 1000, tonumber(redis.call('HGET', KEYS[1], 'paused') or 0))
redis.call('HSET', KEYS[1], 'paused', string.format('%.0f', till))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((till - now) / 1000) + ARGV[2]))
return till - now
