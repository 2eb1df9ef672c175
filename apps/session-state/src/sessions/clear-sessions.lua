-- Forgets what was published, and only that: nothing of a session where another fact was folded meanwhile. Needs no fence,
-- since what was acknowledged stays published whoever owns the partition now.
-- KEYS[1..] sessions
-- ARGV[1..] per session: hash of the fact whose entries and snapshot were acknowledged
-- returns how many had something to forget
local cleared = 0
for i = 1, #KEYS do
  if redis.call('HGET', KEYS[i], 'last') == ARGV[i] and redis.call('HDEL', KEYS[i], 'entries', 'cause', 'publishing') > 0 then
    cleared = cleared + 1
  end
end
return cleared
