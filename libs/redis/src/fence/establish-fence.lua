-- Puts a fence in force once its partition has been rebuilt. Only over the mark of this very rebuild: when another
-- generation has taken over, or Redis was flushed meanwhile, the rebuild does not count.
-- KEYS[1] fence
-- ARGV[1] token
-- returns 1 when in force, 0 when not
local stored = redis.call('GET', KEYS[1])
if stored == ARGV[1] .. '|rebuilding' then
  redis.call('SET', KEYS[1], ARGV[1])
  stored = ARGV[1]
end
return stored == ARGV[1] and 1 or 0
