-- Throttled, and no moment was named: pauses a bucket, longer each time while it has not recovered, and halves its pace, which
-- climbs back steadily after the pause. While it is paused already this is the same throttling, and changes nothing.
-- KEYS[1] bucket (see take-budget.lua); step: how often it was throttled without recovering in between
-- ARGV[1] run id of this Redis  [2] interval T, µs  [3] tolerance, µs  [4] span: how long to climb from nothing, µs
--   [5] first pause, µs  [6] how many times as long each next one is  [7] longest, µs  [8] jitter: factor of the pause
--   [9] time to live beyond all of it, ms
-- returns how long it is paused now, µs
local LEAST_FACTOR = 1 / 16
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, tolerance, span = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local h = redis.call('HMGET', KEYS[1], 'paused', 'full', 'span', 'step', 'run', 'virtual')
local paused, full = tonumber(h[1] or 0), tonumber(h[2] or 0)
if paused > now then
  return math.ceil(paused - now)
end

local step, factor = 0, 1
if full > now then
  step, factor = tonumber(h[4] or 0) + 1, math.max(LEAST_FACTOR, 1 - (full - now) / tonumber(h[3]))
end
local pause = math.min(ARGV[5] * ARGV[6] ^ step, tonumber(ARGV[7])) * ARGV[8]
paused = math.floor(now + pause)
full = math.floor(paused + (1 - math.max(LEAST_FACTOR, factor / 2)) * span)
redis.call('HSET', KEYS[1], 'paused', string.format('%.0f', paused), 'full', string.format('%.0f', full),
  'span', string.format('%.0f', span), 'step', step)
-- After the pause it begins with one, not with a burst.
if h[5] == ARGV[1] and h[6] then
  redis.call('HSET', KEYS[1], 'virtual', string.format('%.0f', math.max(tonumber(h[6]), paused + tolerance - interval)))
end
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((full - now) / 1000) + ARGV[9]))
return math.ceil(paused - now)
