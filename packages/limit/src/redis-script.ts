/** Milliseconds after which those look again who wait for what nobody can foretell: the end of a call, the turn of another process. */
const POLL = 100;
/** The same for the process whose turn it is; there is one of a counter. */
const TURN = 25;
/** Milliseconds that a turn is kept for a process beyond the moment at which it may have room. */
const GRACE = 1000;

/**
 * All that is done in Redis, as one script: atomic, and on the clock of Redis alone. A window is a hash of slots and their amounts, as in `SlidingCount`
 * (`s` the sum, `o` the oldest slot that may be there, `n` the newest); calls under way are a sorted set of leases and their ends; a turn tells which
 * process has waited longest for a counter, and how much room is kept for it.
 *
 * `KEYS`: counters, each followed by its turn. `ARGV`: what to do, and with what, as JSON.
 */
export const SCRIPT: string = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local given = cjson.decode(ARGV[2])

local function key(at) return KEYS[2 * at - 1] end

local function slots(name, from, to, each)
  for first = from, to, 500 do
    local fields = {}
    for slot = first, math.min(first + 499, to) do fields[#fields + 1] = slot end
    for at, value in ipairs(redis.call('HMGET', name, unpack(fields))) do
      if value and each(fields[at], tonumber(value)) then return end
    end
  end
end

-- What counts, and the slot of now. A clock that was set back stands still until it is right; by more than a window, all begins anew.
local function count(name, length, span)
  local slot = math.floor(now / length)
  local had = redis.call('HMGET', name, 's', 'o', 'n')
  if not had[1] then return 0, slot end
  local sum, oldest, newest = tonumber(had[1]), tonumber(had[2]), tonumber(had[3])
  if newest < slot - span or newest > slot + span then
    redis.call('DEL', name)
    return 0, slot
  end
  slot = math.max(slot, newest)
  local first = slot - span
  if oldest < first then
    local gone = {}
    slots(name, oldest, first - 1, function(at, amount) sum = sum - amount; gone[#gone + 1] = at end)
    for at = 1, #gone, 500 do redis.call('HDEL', name, unpack(gone, at, math.min(at + 499, #gone))) end
    redis.call('HSET', name, 's', sum, 'o', first)
  end
  return sum, slot
end

local function add(name, length, span, slot, amount)
  redis.call('HINCRBY', name, slot, amount)
  redis.call('HINCRBY', name, 's', amount)
  local had = redis.call('HMGET', name, 'o', 'n')
  if not had[1] or tonumber(had[1]) > slot then redis.call('HSET', name, 'o', slot) end
  if not had[2] or tonumber(had[2]) < slot then redis.call('HSET', name, 'n', slot) end
  redis.call('PEXPIRE', name, math.ceil((span + 2) * length))
end

local function wait(name, length, span, sum, most)
  local had = redis.call('HMGET', name, 'o', 'n')
  local until_ = 1
  if not had[1] then return until_ end
  slots(name, tonumber(had[1]), tonumber(had[2]), function(slot, amount)
    sum = sum - amount
    if sum <= most then
      until_ = math.max(1, math.ceil((slot + span + 1) * length - now))
      return true
    end
  end)
  return until_
end

local function underWay(name)
  redis.call('ZREMRANGEBYSCORE', name, '-inf', now)
  return redis.call('ZCARD', name)
end

local function lease(name, id, length)
  redis.call('ZADD', name, now + length, id)
  redis.call('PEXPIRE', name, length + 1000)
end

local function turnOf(at)
  local value = redis.call('GET', KEYS[2 * at])
  if not value then return { amount = 0 } end
  local who, amount = string.match(value, '^(.*):(%d+)$')
  return { who = who, amount = tonumber(amount) }
end

local todo = {}

function todo.take()
  local used, slot, turns, shut, answers = {}, {}, {}, {}, { now }
  for _, call in ipairs(given.calls) do
    local lacking, longest = 0, 0
    for place, claim in ipairs(call.claims) do
      local at, limit, amount, length, span = unpack(claim)
      if not used[at] then
        if span == 0 then used[at] = underWay(key(at)) else used[at], slot[at] = count(key(at), length, span) end
        turns[at] = turnOf(at)
      end
      local kept = turns[at].who ~= given.process and turns[at].amount or 0
      local lacks = shut[at] or 0
      if lacks > 0 then
      elseif used[at] + amount > limit then
        lacks = span == 0 and ${POLL} or wait(key(at), length, span, used[at], limit - amount)
      elseif used[at] + amount + kept > limit then
        lacks = ${POLL}
      end
      if lacks > longest then lacking, longest = place, lacks end
    end
    answers[#answers + 1] = lacking
    answers[#answers + 1] = longest
    if lacking == 0 then
      for _, claim in ipairs(call.claims) do
        local at, _, amount, length, span = unpack(claim)
        if span == 0 then lease(key(at), call.id, given.lease) else add(key(at), length, span, slot[at], amount) end
        used[at] = used[at] + amount
        if turns[at].who == given.process then
          redis.call('DEL', KEYS[2 * at])
          turns[at] = { amount = 0 }
        end
        -- Its next call has none at once, or others would never have one.
        turns[at].had = true
      end
    else
      local at, _, amount = unpack(call.claims[lacking])
      local turn = turns[at]
      if given.waiting and not shut[at] and not turn.had and (not turn.who or turn.who == given.process) then
        redis.call('SET', KEYS[2 * at], given.process .. ':' .. amount, 'PX', longest + ${GRACE})
        if call.claims[lacking][5] == 0 then answers[#answers] = ${TURN} end
      end
      shut[at] = shut[at] or longest
    end
  end
  return answers
end

function todo.change()
  for _, change in ipairs(given.changes) do
    local at, by, length, span = unpack(change)
    local name = key(at)
    if span == 0 then
      redis.call('ZREM', name, given.id)
    elseif by > 0 then
      local _, slot = count(name, length, span)
      add(name, length, span, slot, by)
    else
      local slot = math.floor(given.at / length)
      if redis.call('HEXISTS', name, slot) == 1 then
        redis.call('HINCRBY', name, slot, by)
        redis.call('HINCRBY', name, 's', by)
      end
    end
  end
end

-- What was counted elsewhere meanwhile: each with its age.
function todo.add()
  for at, counter in ipairs(given.counters) do
    local name = key(at)
    local _, newest = count(name, counter.length, counter.span)
    for _, entry in ipairs(counter.entries) do
      local slot = math.min(newest, math.floor((now - entry[1]) / counter.length))
      if slot >= newest - counter.span then add(name, counter.length, counter.span, slot, entry[2]) end
    end
  end
end

function todo.renew()
  for at, ids in ipairs(given.ids) do
    for _, id in ipairs(ids) do lease(key(at), id, given.lease) end
  end
end

-- Writes, since a Redis that is full or a replica still reads.
function todo.probe() redis.call('SET', KEYS[1], 1, 'PX', 1000) end

function todo.leave()
  if turnOf(1).who == given.process then redis.call('DEL', KEYS[2]) end
end

function todo.levels()
  local levels = {}
  for at, claim in ipairs(given.claims) do
    local length, span = unpack(claim)
    if span == 0 then
      levels[2 * at - 1], levels[2 * at] = underWay(key(at)), -1
    else
      local sum = count(key(at), length, span)
      levels[2 * at - 1], levels[2 * at] = sum, sum > 0 and wait(key(at), length, span, sum, 0) or 0
    end
  end
  return levels
end

return todo[ARGV[1]]()
`;
