-- The end of every run: one line of JSON with all results of wrk. Latencies are in microseconds. wrk measures them from
-- the moment of sending, so they do not include the time that requests waited for a busy server (coordinated omission).

local threads = {}

function setup(thread)
   table.insert(threads, thread)
end

function done(summary, latency)
   local messages = 0
   local wrong = 0
   for _, thread in ipairs(threads) do
      messages = messages + (thread:get("messages") or 0)
      wrong = wrong + (thread:get("wrong") or 0)
   end
   io.write(string.format(
      '\nRESULT {"requests":%d,"messages":%d,"seconds":%.6f,"bytes":%d,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d,' ..
      '"wrong":%d,"p50":%d,"p90":%d,"p99":%d,"p999":%d,"max":%d}\n',
      summary.requests, messages, summary.duration / 1e6, summary.bytes, summary.errors.connect, summary.errors.read,
      summary.errors.write, summary.errors.status, summary.errors.timeout, wrong,
      latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9), latency.max))
end
