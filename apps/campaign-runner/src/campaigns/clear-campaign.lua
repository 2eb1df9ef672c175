-- Forgets that a state is not published, and only that. Needs no fence: what was acknowledged stays published whoever comes.
-- KEYS[1] campaign
-- ARGV[1] version that was acknowledged
-- returns 1 | 0: another one was written meanwhile
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then
  return 0
end
redis.call('HDEL', KEYS[1], 'cause', 'publishing')
return 1
