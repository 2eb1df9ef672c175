-- Writes the next states of conversations together with what is to be published of them. Each is refused by itself when the
-- state is not the one that was folded, or when something of it is not published yet.
-- KEYS[1] fence; then per conversation: session, window
-- ARGV[1] fence token  [2] window kept, ms; then per conversation: hash of the fact the folded state ended with, '' = no state;
--   hash of the new fact; state; sequence; entries; cause; customer's last message, ms, '' = none
-- returns per conversation: 1 | 0: refused
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local publishing = ARGV[1] .. ' ' .. string.format('%.0f', now)
local written = {}
for i = 1, (#KEYS - 1) / 2 do
  local session, at = KEYS[2 * i], 7 * i - 4
  local stored = redis.call('HMGET', session, 'last', 'publishing')
  if (stored[1] or '') ~= ARGV[at] or stored[2] then
    written[i] = 0
  else
    redis.call('HSET', session, 'last', ARGV[at + 1], 'state', ARGV[at + 2], 'sequence', ARGV[at + 3], 'entries', ARGV[at + 4],
      'cause', ARGV[at + 5], 'publishing', publishing)
    if ARGV[at + 6] ~= '' then
      redis.call('SET', KEYS[2 * i + 1], ARGV[at + 6], 'PX', ARGV[2])
    end
    written[i] = 1
  end
end
return written
