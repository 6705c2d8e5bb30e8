-- The protocol of ElasticMQ for cycle.lua; at most ten messages per request.

LEASE = "<ReceiptHandle>([^<]+)</ReceiptHandle>"

function isPushed(body)
   return string.find(body, "<SendMessageResponse", 1, true) ~= nil
end

function isAcked(body)
   return string.find(body, "<DeleteMessageBatchResponse", 1, true) ~= nil
end

function ackedIn(body)
   local _, count = string.gsub(body, "<DeleteMessageBatchResultEntry>", "")
   if string.find(body, "<BatchResultErrorEntry>", 1, true) then
      wrong = wrong + 1
   end
   return count
end

function ackOf(leases)
   local fields = { "Action=DeleteMessageBatch" }
   for i, lease in ipairs(leases) do
      local entry = "DeleteMessageBatchRequestEntry." .. i
      fields[#fields + 1] = entry .. ".Id=" .. i
      fields[#fields + 1] = entry .. ".ReceiptHandle=" .. string.gsub(lease, "[^%w.~_-]", function(c)
         return string.format("%%%02X", string.byte(c))
      end)
   end
   return table.concat(fields, "&")
end
