-- Grants from several buckets at once: the largest number, up to the one asked for, that conforms in all of them (GCRA).
-- A bucket is a hash: run (Redis run id), virtual (V, µs of this Redis' clock), paused (until, µs).
-- KEYS[1..] buckets
-- ARGV[1] run id of this Redis  [2] how many are asked for  [3] time to live, ms; then per bucket: interval T, tolerance B·T, µs
-- returns {granted, µs until a further one can be had}
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local granted, pausedUntil = tonumber(ARGV[2]), 0
local virtual, changed = {}, {}
for i = 1, #KEYS do
  local interval, tolerance = tonumber(ARGV[2 * i + 2]), tonumber(ARGV[2 * i + 3])
  local run, stored, paused = unpack(redis.call('HMGET', KEYS[i], 'run', 'virtual', 'paused'))
  local latest = now + tolerance
  changed[i] = run ~= ARGV[1] or not stored
  virtual[i] = changed[i] and latest or math.max(now, math.min(tonumber(stored), latest))
  granted = math.min(granted, math.floor((latest - virtual[i]) / interval))
  pausedUntil = math.max(pausedUntil, tonumber(paused or 0))
end
if pausedUntil > now then
  granted = 0
end
local wait = math.max(0, pausedUntil - now)
for i = 1, #KEYS do
  local interval, tolerance = tonumber(ARGV[2 * i + 2]), tonumber(ARGV[2 * i + 3])
  virtual[i] = virtual[i] + granted * interval
  wait = math.max(wait, virtual[i] + interval - tolerance - now)
  if granted > 0 or changed[i] then
    redis.call('HSET', KEYS[i], 'run', ARGV[1], 'virtual', string.format('%.0f', virtual[i]))
    redis.call('PEXPIRE', KEYS[i], ARGV[3])
  end
end
return {granted, wait}
