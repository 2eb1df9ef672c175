-- Forgets what was published, and only that: nothing of a session where another fact was folded meanwhile, or that somebody is
-- publishing again. A clear can come late, and without that publisher's name the next owner would not wait for them. Needs no
-- fence, since what was acknowledged stays published whoever owns the partition now.
-- KEYS[1..] sessions
-- ARGV[1] fence token of the publisher; then per session: hash of the fact whose entries and snapshot were acknowledged; when
--   its publisher was written down, ms
-- returns per session: 1 | 0: there was nothing to forget
local cleared = {}
for i = 1, #KEYS do
  local stored = redis.call('HMGET', KEYS[i], 'last', 'publishing')
  cleared[i] = 0
  if stored[1] == ARGV[2 * i] and stored[2] == ARGV[1] .. ' ' .. ARGV[2 * i + 1] then
    redis.call('HDEL', KEYS[i], 'entries', 'cause', 'publishing')
    cleared[i] = 1
  end
end
return cleared
