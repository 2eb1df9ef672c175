-- Writes where a campaign stands now. Refused when Redis has another state than the one that was folded, or one that is not
-- published yet.
-- A campaign's hash: version, state (JSON); and while it is not published: cause (JSON), publishing
-- (`<fence token> <moment of Redis' clock, ms>`).
-- KEYS[1] fence  [2] campaign
-- ARGV[1] fence token  [2] version before, 0 = none  [3] version  [4] state  [5] cause  [6] ms until it is forgotten, 0 = never
-- returns when the caller was written down as its publisher, ms | 0: refused
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local stored = redis.call('HMGET', KEYS[2], 'version', 'publishing')
if (stored[1] or '0') ~= ARGV[2] or stored[2] then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[2], 'version', ARGV[3], 'state', ARGV[4], 'cause', ARGV[5],
  'publishing', ARGV[1] .. ' ' .. string.format('%.0f', now))
if ARGV[6] ~= '0' then
  redis.call('PEXPIRE', KEYS[2], ARGV[6])
end
return now
