-- Reads a conversation's state for folding. When something of it is not published yet, the caller becomes its publisher,
-- unless another one may still be at it.
-- A session is a hash: state (snapshot as JSON), sequence, last (hash of the fact folded last), bytes (of the session's
-- entries); and while something is not published: entries, cause (JSON), publishing (`<fence token> <moment of Redis' clock,
-- ms>`).
-- KEYS[1] fence  [2] session
-- ARGV[1] fence token  [2] how long a publish can last after its publisher was written down, ms
-- returns {'free', state or false} | {'pending', state, entries, cause, when the caller was written down, ms} | {'wait', ms}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local session = redis.call('HMGET', KEYS[2], 'state', 'entries', 'cause', 'publishing')
if not session[4] then
  return {'free', session[1]}
end
local token, since = string.match(session[4], '^(%S*) (%d+)$')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local over = since + ARGV[2]
if token ~= ARGV[1] and now < over then
  return {'wait', string.format('%.0f', over - now)}
end
now = string.format('%.0f', now)
redis.call('HSET', KEYS[2], 'publishing', ARGV[1] .. ' ' .. now)
return {'pending', session[1], session[2], session[3], now}
