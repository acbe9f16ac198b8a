-- What wrk sends, and what it says at the end: one line of JSON for benchmarks/traffic.py.
-- BENCH_ACTS names a file of acts to send in turn, one a line: path, cookie and form, separated by
-- tabs; without a form a page is asked for. In the form %V becomes 1 and -1 by turns, %W the
-- opposite, and %N the number of the pass through the file, so that no act repeats the one before.

local acts_path = os.getenv("BENCH_ACTS")
local acts, place, stride, pass = {}, 0, 1, 1
local thread_count = 0

function setup(thread)
  thread:set("number", thread_count)
  thread_count = thread_count + 1
end

if acts_path then
  function init(_)
    for line in io.lines(acts_path) do
      acts[#acts + 1] = line
    end
    stride = tonumber(os.getenv("BENCH_THREADS"))
    place = number + 1 - stride
  end

  function request()
    place = place + stride
    if place > #acts then
      place, pass = place - #acts, pass + 1
    end
    local path, cookie, form = acts[place]:match("([^\t]*)\t([^\t]*)\t([^\t]*)")
    local odd = pass % 2 == 1
    form = form:gsub("%%V", odd and "1" or "-1"):gsub("%%W", odd and "-1" or "1")
    form = form:gsub("%%N", tostring(pass))
    wrk.headers["Cookie"] = cookie
    if form == "" then
      return wrk.format("GET", path)
    end
    return wrk.format("POST", path, nil, form)
  end
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\nBENCH {"requests": %d, "seconds": %.6f, "bytes": %d, "errors": %d, "p50": %.3f, "p99": %.3f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
