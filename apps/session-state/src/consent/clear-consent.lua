-- Forgets what was published, and only that: nothing when another change was folded meanwhile, or when somebody is publishing it
-- again. A clear can come late, and without that publisher's name the next owner would not wait for them. Needs no fence: what was
-- acknowledged stays published whoever comes.
-- KEYS[1] consent
-- ARGV[1] sequence whose event and state were acknowledged  [2] fence token of their publisher  [3] when it was written down, ms
-- returns 1 | 0: there was nothing to forget
local stored = redis.call('HMGET', KEYS[1], 'sequence', 'publishing')
if stored[1] ~= ARGV[1] or stored[2] ~= ARGV[2] .. ' ' .. ARGV[3] then
  return 0
end
redis.call('HDEL', KEYS[1], 'event', 'cause', 'publishing')
return 1
