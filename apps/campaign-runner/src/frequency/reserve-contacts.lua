-- Reserves a message to each contact, unless there are as many in the period as may be. The messages of a contact are a sorted set
-- by the moment they went out, ms; +inf while it is not known yet. Reserving again is granted.
-- KEYS[1..] contacts
-- ARGV[1] how long messages are kept, ms; then per contact: message id; most, '' = any number; in so many ms
-- returns per contact: 1 | 0: refused
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local granted = {}
for i = 1, #KEYS do
  local key, id, most = KEYS[i], ARGV[3 * i - 1], ARGV[3 * i]
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ARGV[1])
  granted[i] = 1
  if not redis.call('ZSCORE', key, id) then
    if most ~= '' and redis.call('ZCOUNT', key, '(' .. string.format('%.0f', now - ARGV[3 * i + 1]), '+inf') >= tonumber(most) then
      granted[i] = 0
    else
      redis.call('ZADD', key, '+inf', id)
      redis.call('PEXPIRE', key, ARGV[1])
    end
  end
end
return granted
