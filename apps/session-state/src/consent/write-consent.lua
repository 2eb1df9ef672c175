-- Writes where a contact stands now, together with what is to be published of it. Refused when Redis has another state than the
-- one that was folded, or one of which something is not published yet.
-- A contact's hash: purposes, state (JSON), sequence; and while something is not published: event, cause (JSON), publishing
-- (`<fence token> <moment of Redis' clock, ms>`).
-- KEYS[1] fence  [2] consent
-- ARGV[1] fence token  [2] sequence before, 0 = none  [3] sequence  [4] purposes  [5] state  [6] event  [7] cause
-- returns when the caller was written down as its publisher, ms | 0: refused
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local stored = redis.call('HMGET', KEYS[2], 'sequence', 'publishing')
if (stored[1] or '0') ~= ARGV[2] or stored[2] then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[2], 'sequence', ARGV[3], 'purposes', ARGV[4], 'state', ARGV[5], 'event', ARGV[6], 'cause', ARGV[7],
  'publishing', ARGV[1] .. ' ' .. string.format('%.0f', now))
return now
