-- Remembers opt-outs at once. The latest moment stays, so whoever repeats this, in whatever order, changes nothing.
-- KEYS[1..] early stops, of one partition
-- ARGV[1] time to live, ms; then per stop: moment, ms; id of the change
-- returns 1
for i = 1, #KEYS do
  local known = tonumber(string.match(redis.call('GET', KEYS[i]) or '', '^%d+') or '-1')
  if tonumber(ARGV[2 * i]) > known then
    redis.call('SET', KEYS[i], ARGV[2 * i] .. ' ' .. ARGV[2 * i + 1], 'PX', ARGV[1])
  end
end
return 1
