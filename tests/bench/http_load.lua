-- What wrk sends: $BENCH_METHOD, $BENCH_PATH, $BENCH_BODY, where %M is a member and %T the
-- next token of $BENCH_TOKENS; $BENCH_DELAY milliseconds on average between two
-- requests of a connection, at random, so that connections do not march in step.
local run = tostring(os.time()) .. os.getenv('BENCH_RUN')
local headers = { ['Content-Type'] = 'application/json', ['Authorization'] = 'Bearer ' .. os.getenv('BENCH_KEY') }
local method, path, body = os.getenv('BENCH_METHOD'), os.getenv('BENCH_PATH'), os.getenv('BENCH_BODY')
local pause, count, refused, tokens = tonumber(os.getenv('BENCH_DELAY') or 0), 0, 0, {}

if body == '' then
	body = nil
end
if os.getenv('BENCH_TOKENS') then
	for line in io.lines(os.getenv('BENCH_TOKENS')) do
		tokens[#tokens + 1] = line
	end
end

local function fill(text)
	return (text:gsub('%%([MT])', function(what)
		return what == 'M' and '@m' .. math.random(0, 999) or tokens[count % #tokens + 1]
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
	io.write(string.format('{"rate": %.1f, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f, "failed": %d}\n',
		summary.requests * 1e6 / summary.duration, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
		latency:percentile(99) / 1000, errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
