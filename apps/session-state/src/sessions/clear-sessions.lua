-- Forgets what was published, and only that: nothing when another fact was folded meanwhile. Needs no fence, since what
-- was acknowledged stays published whoever owns the partition now.
-- KEYS[1] session
-- ARGV[1] hash of the fact whose entries and snapshot were acknowledged
-- returns 1 | 0: nothing to forget
if redis.call('HGET', KEYS[1], 'last') ~= ARGV[1] then
  return 0
end
return redis.call('HDEL', KEYS[1], 'entries', 'cause', 'publishing') > 0 and 1 or 0
