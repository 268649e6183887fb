-- What wrk sends: $BENCH_METHOD, $BENCH_PATH, $BENCH_BODY, where %M is one of $BENCH_MEMBERS members, %N the next number from
-- $BENCH_USED on, below $BENCH_POOL and then from 0 again, and %T the token of that number in $BENCH_TOKENS; $BENCH_DELAY milliseconds on average between two
-- requests of a connection, at random, so that connections do not march in step.
local run = tostring(os.time()) .. os.getenv('BENCH_RUN')
local headers = { ['Content-Type'] = 'application/json', ['Authorization'] = 'Bearer ' .. os.getenv('BENCH_KEY') }
local method, path, body = os.getenv('BENCH_METHOD'), os.getenv('BENCH_PATH'), os.getenv('BENCH_BODY')
local pause, count, tokens = tonumber(os.getenv('BENCH_DELAY') or 0), 0, {}
local used, members = tonumber(os.getenv('BENCH_USED') or 0), tonumber(os.getenv('BENCH_MEMBERS'))
local pool = tonumber(os.getenv('BENCH_POOL'))

if body == '' then
	body = nil
end
if os.getenv('BENCH_TOKENS') then
	for line in io.lines(os.getenv('BENCH_TOKENS')) do
		tokens[#tokens + 1] = line
	end
end

local function fill(text)
	return (text:gsub('%%([MNT])', function(what)
		if what == 'M' then
			return '@m' .. math.random(0, members - 1)
		end
		return what == 'N' and tostring((used + count - 1) % pool) or tokens[(used + count - 1) % #tokens + 1]
	end))
end

function request()
	count = count + 1
	headers['Idempotency-Key'] = run .. count
	return wrk.format(method, fill(path), headers, body and fill(body))
end

if pause > 0 then
	function delay()
		return math.random(0, 2 * pause)
	end
end

function done(summary, latency)
	local errors = summary.errors
	io.write(string.format('{"rate": %.1f, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f, "failed": %d, "sent": %d}\n',
		summary.requests * 1e6 / summary.duration, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
		latency:percentile(99) / 1000, errors.status + errors.connect + errors.read + errors.write + errors.timeout,
		summary.requests + 128))
end
