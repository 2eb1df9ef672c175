-- Writes a conversation's next state together with what is to be published of it. Refused when the state is not the one
-- that was folded, or when something of it is not published yet.
-- KEYS[1] fence  [2] session  [3] window
-- ARGV[1] fence token  [2] hash of the fact the folded state ended with, '' = no state  [3] hash of the new fact
--   [4] state  [5] sequence  [6] entries  [7] cause  [8] customer's last message, ms, '' = none  [9] window kept, ms
-- returns 1 | 0: refused
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local stored = redis.call('HMGET', KEYS[2], 'last', 'publishing')
if (stored[1] or '') ~= ARGV[2] or stored[2] then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[2], 'last', ARGV[3], 'state', ARGV[4], 'sequence', ARGV[5], 'entries', ARGV[6], 'cause', ARGV[7],
  'publishing', ARGV[1] .. ' ' .. string.format('%.0f', now))
if ARGV[8] ~= '' then
  redis.call('SET', KEYS[3], ARGV[8], 'PX', ARGV[9])
end
return 1
