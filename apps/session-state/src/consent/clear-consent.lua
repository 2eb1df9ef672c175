-- Forgets what was published, and only that. Needs no fence: what was acknowledged stays published whoever comes.
-- KEYS[1] consent
-- ARGV[1] sequence whose event and state were acknowledged
-- returns 1 | 0: another change was folded meanwhile
if redis.call('HGET', KEYS[1], 'sequence') ~= ARGV[1] then
  return 0
end
redis.call('HDEL', KEYS[1], 'event', 'cause', 'publishing')
return 1
