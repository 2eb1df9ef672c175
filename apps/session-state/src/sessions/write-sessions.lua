-- Writes the next states of conversations together with what is to be published of them, their entries in the session's list,
-- and the moment to look at them again. Each is refused by itself when the state is not the one that was folded, or when
-- something of it is not published yet.
-- KEYS[1] fence  [2] deadlines; then per conversation: session, window, entries of its session
-- ARGV[1] fence token  [2] window kept, ms  [3] most bytes of a session's entries; then per conversation: conversation ID; hash
--   of the fact the folded state ended with, '' = no state; hash of the new fact; state; sequence; entries; cause; customer's
--   last message, ms, '' = none; the moment to look again, ms, '' = as it is, 'none'; what becomes of the entries: 1 = they begin
--   the session's list, 0 = they go on it, '' = the session is archived already
-- returns per conversation: when the caller was written down as its publisher, ms | 0: refused
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCE lost')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local publishing = ARGV[1] .. ' ' .. string.format('%.0f', now)
local most = tonumber(ARGV[3])
local written, due, none = {}, {}, {}
for i = 1, (#KEYS - 2) / 3 do
  local session, list, at = KEYS[3 * i], KEYS[3 * i + 2], 10 * i - 6
  local stored = redis.call('HMGET', session, 'last', 'publishing', 'bytes')
  if (stored[1] or '') ~= ARGV[at + 1] or stored[2] then
    written[i] = 0
  else
    local entries, bytes = ARGV[at + 5], 0
    if ARGV[at + 9] ~= '1' then
      bytes = tonumber(stored[3]) or 0
    end
    if entries ~= '[]' and ARGV[at + 9] ~= '' then
      redis.call('RPUSH', list, entries)
      bytes = bytes + #entries
      while bytes > most do
        bytes = bytes - #(redis.call('LPOP', list) or entries)
      end
    end
    redis.call('HSET', session, 'last', ARGV[at + 2], 'state', ARGV[at + 3], 'sequence', ARGV[at + 4], 'entries', entries,
      'cause', ARGV[at + 6], 'publishing', publishing, 'bytes', bytes)
    if ARGV[at + 7] ~= '' then
      redis.call('SET', KEYS[3 * i + 1], ARGV[at + 7], 'PX', ARGV[2])
    end
    if ARGV[at + 8] == 'none' then
      none[#none + 1] = ARGV[at]
    elseif ARGV[at + 8] ~= '' then
      due[#due + 1], due[#due + 2] = ARGV[at + 8], ARGV[at]
    end
    written[i] = now
  end
end
if #due > 0 then
  redis.call('ZADD', KEYS[2], unpack(due))
end
if #none > 0 then
  redis.call('ZREM', KEYS[2], unpack(none))
end
return written
