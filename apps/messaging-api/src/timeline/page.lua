-- Reads a page of a conversation's timeline index, newest first.
-- KEYS[1] timeline of the conversation (sorted set: score = sequence, member = entry as JSON)
-- ARGV[1] highest sequence of the page ('+inf' for the newest)  ARGV[2] entries at most
-- returns { oldest entry kept, entries of the page … }, empty when nothing is kept
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0)
if #oldest == 0 then return {} end
local page = redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[1], '-inf', 'LIMIT', 0, ARGV[2])
table.insert(page, 1, oldest[1])
return page
