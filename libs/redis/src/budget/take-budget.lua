-- Grants from several buckets at once, to several askers in their order: each grant from all of its buckets or from none.
-- GCRA; bucket.ts has the arithmetic. A bucket is a hash, its moments in µs of this Redis' clock: run (Redis run id),
-- virtual (V), paused (until), campaign (V of the campaigns' share), asked (when transactional traffic last asked),
-- full + span (slowed: at full pace again at this moment, having climbed from nothing for this long),
-- left + resets (what the provider said is left until then).
-- KEYS[1] epoch: `<run id> <since when this Redis remembers every pair>`  [2..] buckets
-- ARGV[1] run id of this Redis  [2] numbers, with blanks between: time to live, ms; number of paces, of observations, of asks;
--   per pace: interval T, tolerance, 1 = a pair, interval and tolerance of the campaigns' share (-1: none set, 0: nothing);
--   per bucket: its pace;  per observation: bucket, left, µs until it resets, 1 = replaces what was observed before;
--   per ask: count, 1 = campaign, number of buckets, the buckets
-- returns per ask: granted, the bucket that had no more, µs until it has one; then per bucket: level (-1: not looked at),
--   factor in thousandths, µs it is paused
local LEAST_FACTOR, ACTIVE = 1 / 16, 1000000
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local numbers, at = {}, 0
for number in string.gmatch(ARGV[2], '%S+') do
  numbers[#numbers + 1] = tonumber(number)
end
local function argument()
  at = at + 1
  return numbers[at]
end
local keep, paceCount, observationCount, askCount = argument(), argument(), argument(), argument()

local paces, buckets = {}, {}
for p = 1, paceCount do
  paces[p] = {interval = argument(), tolerance = argument(), pair = argument() == 1,
    share = argument(), shareTolerance = argument()}
end
for i = 1, #KEYS - 1 do
  buckets[i] = {key = KEYS[i + 1], pace = paces[argument()]}
end

local epoch
local function rememberedSince()
  if not epoch then
    local run, since = string.match(redis.call('GET', KEYS[1]) or '', '^(%S+) (%d+)$')
    epoch = run == ARGV[1] and math.min(tonumber(since), now) or now
    if run ~= ARGV[1] then
      redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. string.format('%.0f', now))
    end
  end
  return epoch
end

local function factorOf(full, span)
  return full > now and math.max(LEAST_FACTOR, 1 - (full - now) / span) or 1
end

local function bucket(i)
  local b = buckets[i]
  if b.virtual then
    return b
  end
  local pace = b.pace
  local h = redis.call('HMGET', b.key, 'run', 'virtual', 'paused', 'campaign', 'asked', 'full', 'span', 'left', 'resets')
  b.paused, b.full, b.resets = tonumber(h[3] or 0), tonumber(h[6] or 0), tonumber(h[9] or 0)
  b.factor = factorOf(b.full, tonumber(h[7] or 1))
  b.interval = math.ceil(pace.interval / b.factor)
  b.latest = now + pace.tolerance - pace.interval
  local drained = b.latest + b.interval
  if h[1] == ARGV[1] and h[2] then
    b.virtual = math.max(now, math.min(tonumber(h[2]), drained))
  elseif pace.pair then
    b.virtual = math.max(now, math.min(rememberedSince() + pace.tolerance, drained))
  else
    b.virtual, b.changed = drained, true
  end
  b.left = b.resets > now and tonumber(h[8]) or math.huge
  b.asked = tonumber(h[5] or 0)
  if pace.share > 0 then
    b.campaignInterval = math.ceil(pace.share / b.factor)
    b.campaignLatest = now + pace.shareTolerance - pace.share
    b.campaign = math.max(now, math.min(tonumber(h[4] or now), b.campaignLatest + b.campaignInterval))
  end
  return b
end

-- Whether campaigns have only their share: until transactional traffic has not asked for a while. Two intervals at least, so
-- that somebody who waits for one does not count as gone.
local function activeUntil(b)
  return b.pace.share >= 0 and b.asked > 0 and b.asked + math.max(ACTIVE, 2 * b.interval) or 0
end

local function fits(virtual, latest, interval)
  return math.max(0, math.floor((latest - virtual) / interval) + 1)
end

local function room(b, campaign)
  if b.paused > now then
    return 0
  end
  local n = math.min(b.left, fits(b.virtual, b.latest, b.interval))
  if campaign and activeUntil(b) > now then
    n = math.min(n, b.pace.share > 0 and fits(b.campaign, b.campaignLatest, b.campaignInterval) or 0)
  end
  return n
end

local function wait(b, campaign)
  local free = math.max(b.paused, b.virtual + now - b.latest, b.left < 1 and b.resets or 0)
  local active = activeUntil(b)
  if campaign and active > now then
    free = math.max(free, b.pace.share > 0 and math.min(active, b.campaign + now - b.campaignLatest) or active)
  end
  return math.max(0, free - now)
end

local function take(b, n, campaign)
  b.virtual = b.virtual + n * b.interval
  b.left = b.left - n
  if campaign and b.campaign then
    b.campaign = math.min(b.campaign + n * b.campaignInterval, b.campaignLatest + b.campaignInterval)
  end
  b.changed = b.changed or n > 0
end

for _ = 1, observationCount do
  local b, left, resets, replaces = bucket(argument()), argument(), now + argument(), argument() == 1
  b.left = replaces and left or math.min(b.left, left)
  b.resets, b.changed = resets, true
end

local answer = {}
for _ = 1, askCount do
  local count, campaign, size = argument(), argument() == 1, argument()
  local first, granted, full, longest = at, count, 0, 0
  for k = 1, size do
    local i = numbers[first + k]
    local b = bucket(i)
    if not campaign and count > 0 and b.pace.share >= 0 then
      b.asked, b.changed = now, true
    end
    granted = math.min(granted, room(b, campaign))
    if granted == 0 then
      full, longest = i, wait(b, campaign)
      break
    end
  end
  at = first + size
  for k = 1, granted > 0 and size or 0 do
    local i = numbers[first + k]
    take(buckets[i], granted, campaign)
    local longer = granted < count and wait(buckets[i], campaign) or 0
    if longer > longest then
      full, longest = i, longer
    end
  end
  answer[#answer + 1] = granted
  answer[#answer + 1] = full
  answer[#answer + 1] = math.ceil(longest)
end

local function save(b)
  redis.call('HSET', b.key, 'run', ARGV[1], 'virtual', string.format('%.0f', b.virtual))
  if b.asked > 0 then
    redis.call('HSET', b.key, 'asked', string.format('%.0f', b.asked))
  end
  if b.campaign then
    redis.call('HSET', b.key, 'campaign', string.format('%.0f', b.campaign))
  end
  if b.left < math.huge then
    redis.call('HSET', b.key, 'left', string.format('%.0f', b.left), 'resets', string.format('%.0f', b.resets))
  end
  local needed = math.max(b.virtual, b.paused, b.full, b.resets) - now + 1000000
  -- A pair that is paid back is as good as none. Of others 15 tolerances are three periods.
  local kept = b.pace.pair and needed or math.max(needed, keep * 1000, 15 * b.pace.tolerance)
  redis.call('PEXPIRE', b.key, string.format('%.0f', math.ceil(kept / 1000)))
end

for _, b in ipairs(buckets) do
  if b.changed then
    save(b)
  end
  answer[#answer + 1] = b.virtual and room(b, false) or -1
  answer[#answer + 1] = b.virtual and math.floor(b.factor * 1000) or 1000
  answer[#answer + 1] = b.virtual and math.max(0, math.ceil(b.paused - now)) or 0
end
return answer
